/** What a schema cannot say of a policy: that its entries go together, and that it can be met. */
import { builderRow, isInlineKey, repositoryKey } from './builder.ts'
import { distinctSets } from './distinct.ts'
import { commonIdentity, compilePattern, PatternError, type Pattern } from './pattern.ts'
import { quote, type Report } from './problem.ts'
import type { Policy, PolicyBuilder } from './types.ts'

/** Reports what contradicts itself, and whether no set of builders can meet the policy. */
export function checkMeaning(policy: Policy, report: Report): void {
  const unsound: unknown[] = []
  const strict: Report = (...problem) => {
    unsound.push(problem)
    report(...problem)
  }
  checkIds(policy.builders, strict)
  checkIssuers(policy.builders, strict)
  checkSpelling(policy.builders, strict)
  checkKeys(policy.builders, strict)
  checkOverlaps(policy.builders, strict)
  if (unsound.length === 0) checkThreshold(policy, report)
}

function checkIds(builders: readonly PolicyBuilder[], report: Report): void {
  // Reports and commands name builders by id, so two that differ in case alone are one to their readers.
  forPairs(builders, (first, second, i, j) => {
    if (first.id.toLowerCase() !== second.id.toLowerCase()) return
    report('meaning', ['builders', j, 'id'], `${quote(second.id)} is the id of builders[${i}] too`)
  })
}

function checkIssuers(builders: readonly PolicyBuilder[], report: Report): void {
  for (const [i, { issuer }] of builders.entries()) {
    if (issuer === undefined) continue
    const url = URL.canParse(issuer) ? new URL(issuer).href : undefined
    if (url === issuer || url === `${issuer}/`) continue
    const meant =
      url === undefined ? '' : `; it would stand there as ${quote(url.replace(/(?<=^https?:\/\/[^/]*)\/$/, ''))}`
    report('meaning', ['builders', i, 'issuer'], `${quote(issuer)} is written as no certificate has it${meant}`)
  }
}

/** Two spellings of one name would count as two: `Acme` and `acme`. */
function checkSpelling(builders: readonly PolicyBuilder[], report: Report): void {
  const plain = (text: string): string =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s._-]+/g, ' ')
  for (const field of ['organisation', 'cloud'] as const) {
    const known = new Map<string, string>()
    for (const [i, builder] of builders.entries()) {
      const value = builder[field]
      if (value === undefined) continue
      const other = known.get(plain(value)) ?? value
      known.set(plain(value), other)
      if (other === value) continue
      report('meaning', ['builders', i, field], `${quote(value)} and ${quote(other)} are two spellings of one name`)
    }
  }
}

function checkKeys(builders: readonly PolicyBuilder[], report: Report): void {
  const plain = (key: string): string => (isInlineKey(key) ? key.replace(/\s/g, '') : key.replace(/^(?:\.\/+)+/, ''))
  forPairs(builders, ({ publicKey: first }, { publicKey: second }, i, j) => {
    if (first === undefined || second === undefined || plain(first) !== plain(second)) return
    report(
      'meaning',
      ['builders', j, 'publicKey'],
      `is the key of builders[${i}] too: one signature would be two builders`
    )
  })
}

/** Reports builders that one certificate could satisfy, whoever issued it. */
function checkOverlaps(builders: readonly PolicyBuilder[], report: Report): void {
  const patterns = builders.map((builder, i) => patternOf(builder, i, report))
  const work = { steps: 0 }
  forPairs(builders, (first, second, i, j) => {
    if (first.issuer === undefined || first.issuer !== second.issuer) return
    if (areApart(first.repository, second.repository)) return
    const path = ['builders', j, second.identityPattern === undefined ? 'identity' : 'identityPattern']
    try {
      const identity = sharedIdentity([first, patterns[i]], [second, patterns[j]], work)
      if (identity === undefined) return
      report('meaning', path, `overlaps with builders[${i}]: a certificate for ${quote(identity)} would satisfy both`)
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      report('meaning', path, error.message)
    }
  })
}

type Identified = readonly [builder: PolicyBuilder, pattern: Pattern | undefined]

function sharedIdentity([a, p]: Identified, [b, q]: Identified, work: { steps: number }): string | undefined {
  if (a.identity !== undefined) return a.identity === b.identity || q?.accepts(a.identity) ? a.identity : undefined
  if (b.identity !== undefined) return p?.accepts(b.identity) ? b.identity : undefined
  return p && q && commonIdentity(p, q, work)
}

/** The pattern of a builder that has one; what is wrong with it is reported. */
function patternOf({ identityPattern }: PolicyBuilder, i: number, report: Report): Pattern | undefined {
  if (identityPattern === undefined) return undefined
  const path = ['builders', i, 'identityPattern']
  try {
    const pattern = compilePattern(identityPattern)
    if (/^[a-z][a-z0-9+.-]*:\/\/[^/]+\/[^/]/.test(pattern.prefix)) return pattern
    const beginning = `begins with ${quote(pattern.prefix)} and then accepts whatever the issuer vouches for`
    report('meaning', path, `${beginning}; give scheme, host and owner as they are`)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    report('meaning', path, error.message)
  }
  return undefined
}

/** A certificate names one source repository. */
function areApart(a: PolicyBuilder['repository'], b: PolicyBuilder['repository']): boolean {
  return a !== undefined && b !== undefined && repositoryKey(a) !== repositoryKey(b)
}

function checkThreshold({ builders, dimensions, threshold }: Policy, report: Report): void {
  const largest = distinctSets(builders.map(builder => builderRow(builder, dimensions))).largest()
  if (largest >= threshold) return
  const differ = dimensions.filter(dimension => dimension !== 'builder')
  const names = differ.map(quote).join(' and ')
  const message =
    builders.length < threshold
      ? `is ${threshold}, and there ${builders.length === 1 ? 'is 1 builder' : `are ${builders.length} builders`}`
      : `is ${threshold}, and of the ${builders.length} builders no more than ${largest} differ from each other in ${names}`
  report('unmet', ['threshold'], `${message}: no set of builders can meet the policy`)
}

function forPairs<T>(list: readonly T[], visit: (a: T, b: T, i: number, j: number) => void): void {
  for (const [j, b] of list.entries()) for (const [i, a] of list.slice(0, j).entries()) visit(a, b, i, j)
}
