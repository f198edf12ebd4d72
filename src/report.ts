/** The summary of a job, in Markdown. */
import { formatBytes, formatDuration } from './format.ts'
import { escapeMarkdown, markdownCode, markdownTable } from './markdown.ts'
import type { PullRequestOperation, SavedError, SavedVerification, SeedOutcome, Signature, Strategy } from './state.ts'
import type { Step } from './steps.ts'

export { annotationOf } from './annotation.ts'
export { Steps, type Step } from './steps.ts'

export interface StorePathSize {
  /** Name or path of the store path. */
  path: string
  /** Of its NAR. */
  bytes: number
}

/** Where the valid store paths came from. */
export interface ReportedCoverage {
  /** The share of the seed, as `Coverage.percent` has it. */
  percent: number
  /** Store paths of the seed, and those that were realised beside it. Bytes are of NARs; 0 where they are not known. */
  fromSeed: number
  fromSeedBytes: number
  beside: number
  besideBytes: number
  /** New paths that Nix could not be asked about. */
  unknown: number
  /** The largest of those beside the seed, largest first. */
  largest: readonly StorePathSize[]
}

export interface Report {
  mode: 'restore' | 'seed' | 'promote'
  system: string
  outcome?: SeedOutcome
  /** Why it is no hit. */
  reason?: string
  strategy: Strategy
  /** The seed that the job started from. `bytes` and `milliseconds` are of its restore. */
  seed?: {
    reference: string
    bytes: number
    milliseconds: number
    paths: number
    layers?: number
    /** Whether it was mounted or unpacked, and why. */
    strategy?: 'mount' | 'unpack'
    why?: string
    /** Bytes of layers that the machine had. */
    cached?: number
    /** Outputs of the flake that it was restored for. */
    selected?: readonly string[]
  }
  nixVersion?: string
  /** Seed mode: what was published. */
  published?: { reference: string; reused: boolean; paths: number; layers: number; bytes: number }
  /** Of what was published; absent where it could not be signed. */
  signature?: Signature
  pullRequest?: { operation: PullRequestOperation; number?: number; url?: string }
  /** What a policy has said of seeds. */
  verifications?: readonly SavedVerification[]
  /** Seed mode: what was published waits for other builders. */
  isCandidate?: boolean
  /** Promote mode: systems. */
  promoted?: readonly string[]
  coverage?: ReportedCoverage
  steps: readonly Step[]
  warnings: readonly string[]
  error?: SavedError
}

/** A runner takes 1 MiB of summary from a step. */
const WARNINGS = 20

/** The report as a section of the job's summary. Everything that comes from elsewhere is escaped. */
export function renderSummary(report: Report): string {
  const blocks = [
    `### Nix Seed: ${headline(report)}`,
    report.error === undefined ? '' : errorBlock(report.error),
    facts(report),
    ...(report.verifications ?? []).map(verificationBlock),
    coverageBlock(report.coverage),
    stepsBlock(report.steps),
    warningsBlock(report.warnings)
  ]
  return `${blocks.filter(block => block !== '').join('\n\n')}\n`
}

/** What happened, in a few words. Plain text of ours. */
function headline(report: Report): string {
  const { mode, error, outcome, strategy, seed, published, pullRequest } = report
  if (error !== undefined) return 'failed'
  if (mode === 'promote') {
    const { promoted = [] } = report
    return `${promoted.length === 0 ? 'nothing is promoted' : `promoted ${promoted.join(', ')}`}${proposal(pullRequest)}`
  }
  if (mode === 'seed' && published !== undefined) {
    const what = published.reused ? 'the seed is unchanged' : 'a new seed is published'
    return report.isCandidate === true ? `${what} and waits for other builders` : `${what}${proposal(pullRequest)}`
  }
  if (outcome === 'container') return 'the job runs in its seed'
  if (seed !== undefined) {
    const what = outcome === 'stale' ? 'restored a stale seed' : 'restored the seed'
    return `${what} in ${formatDuration(seed.milliseconds)}`
  }
  return `no seed; Nix ${NIX[strategy]}`
}

const NIX: Readonly<Record<Strategy, string>> = {
  mount: 'comes with the seed',
  unpack: 'comes with the seed',
  container: 'comes with the container',
  install: 'was installed',
  present: 'was there already',
  none: 'is not set up'
}

function proposal(pullRequest: Report['pullRequest']): string {
  switch (pullRequest?.operation) {
    case 'created':
      return ' and proposed'
    case 'updated':
    case 'unchanged':
      return ' and its pull request open'
    case 'closed':
      return ', its pull request closed'
    default:
      return ''
  }
}

function errorBlock({ message, hint }: SavedError): string {
  const lines = [`**${escapeMarkdown(message)}**`, ...(hint === undefined ? [] : [escapeMarkdown(hint)])]
  return lines.map(line => `> ${line}`).join('  \n')
}

function facts(report: Report): string {
  const { mode, system, reason, seed, nixVersion, published, signature, pullRequest, strategy } = report
  const rows: string[][] = []
  const row = (name: string, value: string): void => void rows.push([name, value])
  if (mode !== 'promote') row('System', markdownCode(system))
  if (reason !== undefined) row('Why no hit', escapeMarkdown(reason))
  if (seed !== undefined) {
    row('Seed', markdownCode(seed.reference))
    row('Restored', restored(seed))
    if (seed.selected !== undefined) row('For', seed.selected.map(markdownCode).join(' '))
    if (seed.why !== undefined) row('Strategy', strategyCell(seed.strategy, seed.why))
  }
  if (mode !== 'promote')
    row('Nix', nixVersion === undefined ? NIX[strategy] : `${escapeMarkdown(nixVersion)} (${NIX[strategy]})`)
  if (published !== undefined) {
    row(published.reused ? 'Unchanged' : 'Published', markdownCode(published.reference))
    if (!published.reused) {
      row('Content', `${published.paths} store paths, ${published.layers} layers, ${formatBytes(published.bytes)}`)
    }
  }
  if (published !== undefined) for (const [name, cell] of signatureRows(signature)) row(name, cell)
  if (pullRequest !== undefined) row('Pull request', pullRequestCell(pullRequest))
  if (rows.length === 0) return ''
  return markdownTable(['', ''], ['---', '---'], rows)
}

function signatureRows(signature: Signature | undefined): [string, string][] {
  switch (signature?.kind) {
    case undefined:
      return [['Signed', '**no**: nothing leads to it']]
    case 'none':
      return [['Signed', 'no, as the workflow wants it']]
    case 'earlier':
      return [
        [
          'Signed',
          `not by this run; a provenance is attached (not verified here): ${markdownCode(signature.attestation)}`
        ]
      ]
    case 'signed': {
      const { attestation, builderId, identity, issuer, logIndex, logUrl } = signature
      const rows: [string, string][] = [['Signed by', markdownCode(identity ?? builderId)]]
      if (issuer !== undefined) rows.push(['Issuer', markdownCode(issuer)])
      if (logIndex !== undefined) rows.push(['Log entry', link(markdownCode(logIndex), logUrl)])
      return [...rows, ['Attestation', markdownCode(attestation)]]
    }
  }
}

/** An address of ours or of the forge; anything odd is left out. */
function link(text: string, url: string | undefined): string {
  return isPlain(url) ? `[${text}](${url})` : text
}

function isPlain(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\/[A-Za-z0-9._:/?=-]+$/.test(url)
}

function strategyCell(strategy: 'mount' | 'unpack' | undefined, why: string): string {
  const how = strategy === 'mount' ? 'mounted' : 'unpacked'
  return `${how}: ${escapeMarkdown(why)}`
}

function restored({ paths, bytes, milliseconds, layers, cached = 0 }: NonNullable<Report['seed']>): string {
  const speed = milliseconds > 0 && bytes > 0 ? `, ${formatBytes((bytes / milliseconds) * 1000)}/s` : ''
  const from = layers === undefined ? '' : ` from ${layers} layers`
  const kept = cached > 0 ? ` (and ${formatBytes(cached)} from the machine’s cache)` : ''
  return `${paths} store paths${from}, ${formatBytes(bytes)}${kept} in ${formatDuration(milliseconds)}${speed}`
}

function pullRequestCell({ operation, number, url }: NonNullable<Report['pullRequest']>): string {
  if (operation === 'none') {
    if (url === undefined) return 'none is needed'
    return `could not be opened, ${link('open it by hand', url)}`
  }
  if (number === undefined) return operation
  return `${link(`#${number}`, url)} ${operation}`
}

function coverageBlock(coverage: ReportedCoverage | undefined): string {
  if (coverage === undefined) return ''
  const { percent, fromSeed, fromSeedBytes, beside, besideBytes, unknown, largest } = coverage
  const size = (bytes: number): string => (bytes === 0 ? '' : ` (${formatBytes(bytes)})`)
  const sentence =
    fromSeed === 0
      ? `**Without a seed**: ${beside} store paths were fetched or built${size(besideBytes)}.`
      : `**Coverage ${percent} %**: ${fromSeed} store paths${size(fromSeedBytes)} came from the seed, ` +
        `${beside} beside it${size(besideBytes)}.`
  const doubt = unknown === 0 ? '' : ` There are ${unknown} more that Nix could not be asked about.`
  if (largest.length === 0) return sentence + doubt
  const rows = largest.map(({ path, bytes }) => [markdownCode(path), formatBytes(bytes)])
  return `${sentence}${doubt}\n\n${markdownTable(['Largest beside the seed', 'Size'], ['---', '---:'], rows)}`
}

/** The sentence, and what was found, folded. */
function verificationBlock({ reference, verified, reason, bundles, others }: SavedVerification): string {
  const sentence = `**${verified ? 'Verified' : 'Not verified'}**: ${escapeMarkdown(reason)} (${markdownCode(reference)})`
  if (bundles.length === 0) return sentence
  const rows = bundles.map(({ who, verdict, message }) => [
    markdownCode(who),
    VERDICTS[verdict],
    escapeMarkdown(message)
  ])
  const all = bundles.length + others
  return [
    sentence,
    `<details><summary>${all} ${all === 1 ? 'attestation' : 'attestations'}</summary>`,
    markdownTable(['Builder', '', ''], ['---', '---', '---'], rows),
    ...(others > 0 ? [`and ${others} more, see the log`] : []),
    '</details>'
  ].join('\n\n')
}

const VERDICTS: Readonly<Record<SavedVerification['bundles'][number]['verdict'], string>> = {
  counted: 'counts',
  'not-counted': 'does not count',
  refused: 'refused'
}

const OUTCOMES: Readonly<Record<Step['outcome'], string>> = { done: '', skipped: 'skipped', failed: 'failed' }

function stepsBlock(steps: readonly Step[]): string {
  if (steps.length === 0) return ''
  const rows = steps.map(({ name, outcome, milliseconds, detail }) => [
    escapeMarkdown(name),
    outcome === 'skipped' ? '' : formatDuration(milliseconds),
    [OUTCOMES[outcome], escapeMarkdown(detail ?? '')].filter(part => part !== '').join(': ')
  ])
  return markdownTable(['Step', 'Time', ''], ['---', '---:', '---'], rows)
}

function warningsBlock(warnings: readonly string[]): string {
  if (warnings.length === 0) return ''
  const shown = warnings.slice(0, WARNINGS).map(warning => `- ${escapeMarkdown(warning)}`)
  const more = warnings.length > WARNINGS ? [`- and ${warnings.length - WARNINGS} more, see the log`] : []
  return ['**Warnings**', '', ...shown, ...more].join('\n')
}
