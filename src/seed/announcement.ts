/**
 * What a pull request that moves the pin tells its reviewers. Names and versions of packages come out of an image, and
 * branches out of a repository: in Markdown they stand in code spans alone, without the characters that could end one.
 */
import { SEED_INPUT } from '../nix/flake-lock.ts'
import { formatBytes } from '../format.ts'
import type { PackageDifference, SeedDifference } from './difference.ts'
import { SEED_BRANCH, SEED_FILE, type PinnedSeed } from './pin.ts'

export interface AnnouncedSystem {
  /** Nix's name of the system. */
  system: string
  /** The seed that was pinned; undefined for the first. */
  before?: PinnedSeed | undefined
  after: PinnedSeed
  /** Undefined where the images could not be read. */
  difference?: SeedDifference | undefined
  /** Of the new seed; undefined where nothing is known of it. */
  signature?: AnnouncedSignature | undefined
}

/** Who has signed a seed. */
export type AnnouncedSignature =
  | { kind: 'none' }
  /** Something hangs on it that calls itself a provenance, of another run: nobody has verified it. */
  | { kind: 'attached' }
  /** It meets the policy, of which the run that proposes it has made sure. */
  | {
      kind: 'verified'
      /** Ids of the builders whose attestations count. */
      builders: readonly string[]
      /** Path of the policy in the repository; absent for the built-in one. */
      policy?: string
    }
  /** It does not meet the policy, or that is not known: it is not proposed. */
  | { kind: 'unverified'; reason: string }
  /** By the run that proposes it. */
  | {
      kind: 'signed'
      /** The identity in the certificate; for a key, the builder that it is of. */
      by: string
      /** The identity is of another repository than the pull request. */
      isForeign: boolean
      issuer?: string
      /** Place in the transparency log, and its page in that of the public. */
      logIndex?: string
      logUrl?: string
    }

export interface Announcement {
  /** What the pull request goes to: the branch, and the commit that it was at. */
  base: { ref: string; oid: string }
  systems: readonly AnnouncedSystem[]
  /** The job that opens the pull request. */
  source?: { runUrl?: string }
}

/** GitHub refuses a body of more than 65,536 characters; which of them count twice is not said, so some room is left. */
const MAX_BODY_CHARACTERS = 60_000
/** How many packages are listed without folding, and how many in all for each kind of change, as far as there is room. */
const OPEN_ITEMS = 20
const LIST_ITEMS = [400, 100, 30, 10, 0]
const MAX_SPAN_CHARACTERS = 200
/** A host, a repository of 255 characters, a digest. */
const MAX_IMAGE_CHARACTERS = 600
const SHOWN_VERSIONS = 4
const COMMIT_LINES = 20

/** The body of the pull request, in Markdown: at most 65,536 characters, whatever the seeds hold. */
export function pullRequestBody(announcement: Announcement): string {
  for (let described = announcement.systems.length; ; described = Math.floor(described / 2)) {
    for (const items of LIST_ITEMS) {
      const body = bodyOf(announcement, described, items)
      if (body.length <= MAX_BODY_CHARACTERS || (described === 0 && items === 0)) return body
    }
  }
}

function bodyOf(announcement: Announcement, described: number, items: number): string {
  const { base, systems, source } = announcement
  const rest = systems.length - described
  const run = source?.runUrl === undefined ? '' : linkTo('This run', source.runUrl)
  const blocks = [
    `This has the project's CI jobs start from a new seed, the image of everything they need before they can build. ` +
      `It goes on top of ${code(base.ref)} at ${code(base.oid.slice(0, 12))}, and changes only the node of ` +
      `${code(SEED_INPUT)} in ${code('flake.lock')}.${run === '' ? '' : `${run} proposed it.`}`
  ]
  for (const seed of systems.slice(0, described)) blocks.push(section(seed, items))
  if (rest > 0)
    blocks.push(
      `${plural(rest, described === 0 ? 'system' : 'more system')} could not be described here for want of room.`
    )
  blocks.push(howToCheck(systems.slice(0, Math.max(described, 1))))
  return `${blocks.join('\n\n')}\n`
}

/** The title of the pull request. */
export function pullRequestTitle(systems: readonly Pick<AnnouncedSystem, 'system'>[]): string {
  return `Update the seed${forSystems(systems)}`
}

/** The message of the commit that records a seed which waits for other builders. */
export function candidateMessage(system: string, image: string): string {
  return [`Record a candidate for ${line(system)}`, '', line(image, MAX_IMAGE_CHARACTERS)].join('\n')
}

/** The message of the commit that takes candidates away whose lock is gone. */
export function dropMessage(systems: readonly string[]): string {
  return `Drop the candidate${forSystems(systems.map(system => ({ system })))}`
}

/** The message of the commit that pins seeds: a headline, and the images. */
export function commitMessage(systems: readonly Pick<AnnouncedSystem, 'system' | 'after'>[]): string {
  const images = systems.map(({ system, after }) => `${line(system)}: ${line(after.image, MAX_IMAGE_CHARACTERS)}`)
  return [`Pin the seed${forSystems(systems)}`, '', ...images.slice(0, COMMIT_LINES)].join('\n')
}

function section({ system, before, after, difference, signature }: AnnouncedSystem, items: number): string {
  // Seeds that were compared with nothing although there was one: the old image is gone from its registry.
  const isCompared = before !== undefined && difference !== undefined && difference.paths.before > 0
  const blocks = [`### ${code(system)}`, comparison(before, after, difference, isCompared, signature)]
  if (signature && signature.kind !== 'none') blocks.push(signatureNote(signature))
  if (difference === undefined) blocks.push('The images could not be read, so what differs is not known here.')
  else if (isCompared) blocks.push(...packages(difference, items))
  else if (before !== undefined) blocks.push('The old image could not be read, so what differs is not known here.')
  return blocks.join('\n\n')
}

function comparison(
  before: PinnedSeed | undefined,
  after: PinnedSeed,
  difference: SeedDifference | undefined,
  isCompared: boolean,
  signature: AnnouncedSignature | undefined
): string {
  const [old, now] = [before && imageOf(before), imageOf(after)]
  const rows = [
    ['image', old ? code(old.name, MAX_IMAGE_CHARACTERS) : 'none', code(now.name, MAX_IMAGE_CHARACTERS)],
    ['digest', old ? code(old.digest) : 'none', code(now.digest)]
  ]
  if (difference !== undefined) {
    const { paths, narBytes, bytes, layers } = difference
    // Sizes of a seed that was not there are no zeros to compare with.
    const size = (label: string, old: string, now: string): unknown => rows.push([label, isCompared ? old : '', now])
    const reused = isCompared ? `, ${count(layers.reused)} of them reused` : ''
    size('store paths', count(paths.before), count(paths.after))
    size('unpacked', formatBytes(narBytes.before), formatBytes(narBytes.after))
    size('layers', count(layers.before), count(layers.after) + reused)
    size('to download', formatBytes(bytes.before), formatBytes(bytes.after))
    if (isCompared) size('to download beside the old', '', formatBytes(bytes.toPull))
  }
  if (signature !== undefined) for (const [label, value] of signed(signature)) rows.push([label, '', value])
  return ['| | old | new |', '| --- | --- | --- |', ...rows.map(cells => `| ${cells.join(' | ')} |`)].join('\n')
}

function signatureNote(signature: AnnouncedSignature): string {
  if (signature.kind === 'verified') {
    const by = signature.policy === undefined ? 'the built-in policy' : code(signature.policy)
    return `The run that proposes it has verified what hangs on the image by ${by}.`
  }
  const other =
    signature.kind === 'signed' && signature.isForeign ? ' **It names a workflow of another repository.**' : ''
  return `Who signed it is what hangs on the image, and anyone who may write there can hang up more: verify it.${other}`
}

function signed(signature: AnnouncedSignature): [string, string][] {
  if (signature.kind === 'none') return [['signed by', 'nobody']]
  if (signature.kind === 'verified') {
    return [['attested by', signature.builders.map(builder => code(builder)).join(', ')]]
  }
  if (signature.kind === 'unverified') return [['attested by', 'not by enough builders']]
  if (signature.kind === 'attached') return [['signed by', 'not known: a provenance is attached (not verified here)']]
  const { by, issuer, logIndex, logUrl } = signature
  const rows: [string, string][] = [['signed by', code(by, MAX_IMAGE_CHARACTERS)]]
  if (issuer !== undefined) rows.push(['issuer', code(issuer)])
  if (logIndex !== undefined) {
    const page = logUrl === undefined ? '' : linkTo('look it up', logUrl)
    rows.push(['log entry', `${code(logIndex)}${page}`])
  }
  return rows
}

function imageOf({ image }: PinnedSeed): { name: string; digest: string } {
  const at = image.lastIndexOf('@')
  return { name: image.slice(0, at), digest: image.slice(at + 1) }
}

function packages({ changed, added, removed, rebuilt, paths }: SeedDifference, items: number): string[] {
  if (paths.added === 0 && paths.removed === 0) return ['Both hold the same store paths.']
  const counted = [
    [changed, 'changed in version'],
    [added, 'added'],
    [removed, 'removed'],
    [rebuilt, 'rebuilt with the same version']
  ] as const
  const parts = counted.filter(([all]) => all.length > 0).map(([all, what]) => `${count(all.length)} ${what}`)
  const summary = `Store paths: ${count(paths.added)} new, ${count(paths.removed)} gone. Packages: ${parts.join(', ')}.`
  const arrow = ({ name, before, after }: PackageDifference): string =>
    `${name}: ${versions(before)} → ${versions(after)}`
  return [
    summary,
    ...list('Changed in version', changed.map(arrow), items),
    ...list(
      'Added',
      added.map(({ name, after }) => `${name}: ${versions(after)}`),
      items
    ),
    ...list(
      'Removed',
      removed.map(({ name, before }) => `${name}: ${versions(before)}`),
      items
    ),
    ...list(
      'Rebuilt',
      rebuilt.map(({ name, after }) => `${name}: ${versions(after)}`),
      items,
      0
    )
  ]
}

/** A list of at most `items`; those beyond `open` are folded, and those beyond `items` counted. */
function list(title: string, entries: readonly string[], items: number, open = OPEN_ITEMS): string[] {
  if (entries.length === 0 || items === 0) return []
  const lines = entries.slice(0, items).map(entry => `- ${code(entry)}`)
  if (entries.length > items) lines.push(`- and ${count(entries.length - items)} more`)
  // A list that is a little too long is not worth folding its end.
  const shown = lines.length <= open + 5 && open > 0 ? lines.length : open
  const blocks = [`**${title}**`]
  if (shown > 0) blocks.push(lines.slice(0, shown).join('\n'))
  if (shown < lines.length) {
    const label = shown === 0 ? plural(entries.length, 'package') : `${count(entries.length - shown)} more`
    blocks.push(`<details><summary>${label}</summary>`, lines.slice(shown).join('\n'), '</details>')
  }
  return blocks
}

function versions(list: readonly string[]): string {
  const texts = list.slice(0, SHOWN_VERSIONS).map(version => (version === '' ? 'no version' : version))
  return texts.join(', ') + (list.length > SHOWN_VERSIONS ? ` and ${list.length - SHOWN_VERSIONS} more` : '')
}

function howToCheck(systems: readonly AnnouncedSystem[]): string {
  const seeds = systems.map(({ after }) => `nix-seed inspect ${line(after.image, MAX_IMAGE_CHARACTERS)}`)
  return [
    '### Check it yourself',
    `${code('flake.lock')} pins a commit of the branch ${code(SEED_BRANCH)} by its hash, and its ${code(SEED_FILE)} pins ` +
      'the image by its digest. In a checkout of this pull request:',
    [
      '```sh',
      `nix flake metadata   # what ${SEED_INPUT} is locked to`,
      ...seeds,
      ...signatureChecks(systems),
      '```'
    ].join('\n')
  ].join('\n\n')
}

/** What may stand in a command that people copy: neither an end of the quotes around it nor anything that a shell reads. */
const PLAIN = /^[A-Za-z0-9:/.@_+-]{1,600}$/

/** By the policy; else with cosign 3, for what is in the log of the public: whatever is elsewhere needs a trusted root of its own. */
function signatureChecks(systems: readonly AnnouncedSystem[]): string[] {
  return systems.flatMap(({ after, signature }) => {
    if (signature?.kind === 'verified') {
      const { policy } = signature
      if (policy === undefined || ![policy, after.image].every(text => PLAIN.test(text))) return []
      return [`nix-seed verify '${after.image}' --policy '${policy}'`]
    }
    if (signature?.kind !== 'signed' || signature.logUrl === undefined) return []
    const { by, issuer, isForeign } = signature
    // A command that accepts whoever has signed would prove nothing.
    if (isForeign || issuer === undefined || ![by, issuer, after.image].every(text => PLAIN.test(text))) return []
    const identity = `--certificate-identity '${by}' --certificate-oidc-issuer '${issuer}'`
    return [`cosign verify-attestation --type slsaprovenance1 ${identity} '${after.image}'`]
  })
}

/**
 * A code span that holds `text`. In one, only backticks mean something to Markdown, and vertical bars to the table around
 * it; they, what HTML is made of, and whatever is not visible or changes the direction of writing, are replaced.
 */
function code(text: string, limit = MAX_SPAN_CHARACTERS): string {
  const visible = line(text, limit)
  return visible.trim() === '' ? '`�`' : `\`${visible}\``
}

function line(text: string, limit = MAX_SPAN_CHARACTERS): string {
  const visible = text.replace(/[`|\\<>\p{C}\p{Zl}\p{Zp}]/gu, '�')
  return visible.length <= limit ? visible : `${visible.slice(0, limit).toWellFormed()}…`
}

/** A link behind a space, or nothing where `address` is none of the web. */
function linkTo(text: string, address: string): string {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) return ''
  return ` [${text}](${url.href.replaceAll('(', '%28').replaceAll(')', '%29')})`
}

function forSystems(systems: readonly Pick<AnnouncedSystem, 'system'>[]): string {
  const names = systems.map(({ system }) => line(system))
  if (names.length === 0) return ''
  if (names.length > 3) return ` for ${plural(names.length, 'system')}`
  return ` for ${[names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' and ')}`
}

function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
