/** What a verification found, for people: a row for each bundle, and the verdict. */
import { printable } from '../attest/bundle.ts'
import type { Equivocation } from '../attest/quorum.ts'
import type { Digest } from '../oci/types.ts'
import type { AttachedBundle } from '../seed/attach-verified.ts'
import type { JudgedBundle, Verification, WitnessReport } from '../seed/verification.ts'
import type { ErrorData } from './error-data.ts'

/** What the command prints as JSON: src/seed/verification.schema.json. */
export interface VerifyResult extends Verification {
  /** Bundles from files that hang on the image now. */
  attached?: AttachedBundle[]
  summary?: { predicateType: string; verifier: string; digest: Digest; file: string }
  mark?: { digest: Digest; existed: boolean }
  /** Why the exit code is not 0. */
  error?: ErrorData
}

const WIDTH = 100
/** Of the column that names the builder. */
const MAX_NAME = 24
/** Of one kind: strangers can hang up any number. */
const MAX_ROWS = 50
/** That one text may take. */
const MAX_LINES = 6
/** Under a row, where the name of its builder begins. */
const DETAIL = ' '.repeat(5)

const VERDICTS: Record<JudgedBundle['verdict'], { mark: string; label: string }> = {
  counted: { mark: '✓', label: 'counted' },
  'not-counted': { mark: '-', label: 'not counted' },
  refused: { mark: '✗', label: 'refused' }
}

/**
 * The text for standard output. Whatever strangers wrote in it is made visible, and cut where it is long.
 *
 * @param cwd files below it are named as they are seen from there
 */
export function describeVerification(result: VerifyResult, cwd: string): string {
  const here = (path: string): string => (path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path)
  const place = (source: string): string =>
    source.replace(/^(file )(.*)$/su, (_, kind: string, path: string) => `${kind}${here(path)}`)
  return [
    ...heading(result),
    ...bundleRows(result, place),
    ...section(
      'Looked at, and no bundle:',
      result.junk.map(({ source, problem }) => `${place(source)}: ${problem}`)
    ),
    ...(result.witness ? witnessLines(result.witness) : []),
    ...result.equivocations.flatMap(equivocationLines),
    ...doneLines(result, here),
    '',
    ...paragraph(`${result.verified ? '✓ verified' : '✗ not verified'}: ${result.reason}`, '', '  '),
    ''
  ].join('\n')
}

function heading({ reference, policy, commit }: Verification): string[] {
  const { threshold, source } = policy
  const dimensions = policy.dimensions.filter(dimension => dimension !== 'builder')
  const differ = dimensions.length > 0 ? ` that differ in ${listOf(dimensions)}` : ''
  return [
    printable(reference),
    ...paragraph(`policy ${source}: ${threshold} ${threshold === 1 ? 'builder' : 'builders'}${differ}`, '', '  '),
    ...(commit === undefined ? [] : [`commit ${commit}`]),
    ''
  ]
}

function bundleRows({ bundles, equivocations }: Verification, place: (source: string) => string): string[] {
  if (bundles.length === 0) return ['  no bundle was found']
  const contradicted = new Set(equivocations.flatMap(equivocation => equivocation.bundles))
  const width = Math.max('builder'.length, ...bundles.map(bundle => nameOf(bundle).length))
  const cells = (mark: string, name: string, commit: string, time: string, why: string): string =>
    `  ${mark}  ${name.padEnd(width)}  ${commit.padEnd(12)}  ${time.padEnd(17)}  ${why}`.trimEnd()
  const rows = (bundle: JudgedBundle): string[] => {
    const { mark, label } = VERDICTS[bundle.verdict]
    const why = bundle.verdict === 'counted' ? label : `${label}: ${bundle.reason}`
    const isContradicted = contradicted.has(bundle.bundle)
    return [
      cells(isContradicted ? '!' : mark, nameOf(bundle), commitOf(bundle), timeOf(bundle), why),
      ...(isContradicted ? [`${DETAIL}its builder contradicts itself, see below`] : []),
      ...(bundle.reason === 'equivocation' ? [] : details(bundle, place))
    ]
  }
  const kinds = Object.keys(VERDICTS) as JudgedBundle['verdict'][]
  return [
    cells(' ', 'builder', 'commit', 'signed at', ''),
    ...kinds.flatMap(kind => {
      const all = bundles.filter(({ verdict }) => verdict === kind)
      const more = all.length - MAX_ROWS
      const { mark, label } = VERDICTS[kind]
      return [
        ...all.slice(0, MAX_ROWS).flatMap(rows),
        ...(more > 0 ? [`  ${mark}  … and ${more} more ${label}; --json has all`] : [])
      ]
    })
  ]
}

/** What explains a row that did not count. */
function details(bundle: JudgedBundle, place: (source: string) => string): string[] {
  const { verdict, message, builder, identity, issuer, key, sources } = bundle
  if (verdict === 'counted') return []
  if (verdict === 'not-counted') return paragraph(message, DETAIL)
  const who = identity ?? (key === undefined ? undefined : `the key ${key}`)
  const from = issuer === undefined ? '' : ` (issuer ${issuer})`
  return [
    ...paragraph(message, DETAIL),
    ...(who !== undefined && builder === undefined ? paragraph(`claims to be of ${who}${from}`, DETAIL) : []),
    ...sources.slice(0, 3).flatMap(source => paragraph(place(source), DETAIL))
  ]
}

/** With a question mark where the bundle says so, and nobody else. */
function nameOf({ builder, verdict }: JudgedBundle): string {
  if (builder === undefined) return 'unknown'
  const name = clipped(printable(builder), MAX_NAME)
  return verdict === 'refused' ? `${name}?` : name
}

const commitOf = ({ commit = '' }: JudgedBundle): string => printable(commit).slice(0, 12)

/** `2026-01-31 12:00Z`: seconds are for programs. */
function timeOf({ signedAt }: JudgedBundle): string {
  const time = new Date(signedAt ?? NaN)
  return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`
}

function witnessLines({ log, state, problem, strays, found, isCut, unread, unreadProblem }: WitnessReport): string[] {
  if (state === 'unreachable') {
    return section('Log, which counts for nothing:', [`${log} could not be searched: ${problem ?? 'no answer'}`])
  }
  const entries = found === 0 ? 'no entry' : found === 1 ? '1 entry' : `${isCut ? 'more than ' : ''}${found} entries`
  const why = unreadProblem === undefined ? '' : ` (${printable(unreadProblem)})`
  const has = `${log} has ${entries} about this image${unread > 0 ? `, and ${unread} of them were not read${why}` : ''}`
  if (found === 0) return section('Log:', [has])
  if (strays.length === 0)
    return section('Log:', [`${has}; the bundles of ${unread > 0 ? 'the others' : 'all'} are here`])
  return section(
    `Log: ${has}. Without a bundle, these count for nothing:`,
    strays.map(({ logIndex, integratedTime, builder, identity, issuer, key }) => {
      const from = issuer === undefined ? '' : ` (issuer ${issuer})`
      const signer = identity === undefined ? key && `the key ${key}` : `${identity}${from}`
      const who = builder ?? signer ?? 'nobody that it names'
      return `entry ${logIndex}${integratedTime === undefined ? '' : ` at ${integratedTime}`} claims to be of ${who}`
    })
  )
}

function equivocationLines({ builder, commit, target, digests, bundles }: Equivocation): string[] {
  const list = (label: string, values: readonly string[]): string[] =>
    values.flatMap((value, i) => paragraph(value, `  ${(i === 0 ? label : '').padEnd(7)}  `, ' '.repeat(11)))
  return [
    '',
    ...paragraph(`Builder ${builder} attested ${digests.length} digests of one seed:`, '', '  '),
    ...list('commit', [commit]),
    ...(target === undefined ? [] : list('seed', [seedOf(target)])),
    ...list('digests', digests),
    ...list('bundles', bundles)
  ]
}

/** Names and system, as a vote has them. */
function seedOf(target: string): string {
  try {
    return (JSON.parse(target) as unknown[]).flat().filter(Boolean).join(', ')
  } catch {
    return target
  }
}

function doneLines({ attached, summary, mark }: VerifyResult, here: (path: string) => string): string[] {
  const lines = [
    ...(attached ?? []).map(({ file, digest }) => `attached ${here(file)} as ${digest}`),
    ...(attached?.length === 0 ? ['nothing to attach: all that is valid hangs on the image'] : []),
    ...(summary
      ? [`signed a summary as ${summary.verifier}, attached as ${summary.digest}; kept in ${here(summary.file)}`]
      : []),
    ...(mark ? [`${mark.existed ? 'was marked already' : 'marked'}, unsigned: ${mark.digest}`] : [])
  ]
  return lines.length === 0 ? [] : ['', ...lines.flatMap(line => paragraph(line, '', '  '))]
}

function section(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return []
  const more = items.length - MAX_ROWS
  return [
    '',
    ...paragraph(title, '', '  '),
    ...items.slice(0, MAX_ROWS).flatMap(item => paragraph(item, '  ', '    ')),
    ...(more > 0 ? [`  … and ${more} more; --json has all`] : [])
  ]
}

/** Lines of at most WIDTH columns; words that are longer are broken, and what is too long altogether is cut. */
function paragraph(text: string, indent: string, hanging = indent): string[] {
  const lines: string[] = []
  let line = ''
  const room = (): number => WIDTH - (lines.length === 0 ? indent : hanging).length
  for (let word of printable(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room()) {
      lines.push(line)
      line = ''
    }
    while (word.length > room()) {
      const length = room()
      lines.push(word.slice(0, length))
      word = word.slice(length)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '') lines.push(line)
  const shown = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES - 1), '…'] : lines
  return shown.map((each, i) => `${i === 0 ? indent : hanging}${each}`)
}

const clipped = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
