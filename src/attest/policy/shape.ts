/**
 * The shape of a policy: exactly what `policy.schema.json` says of it, with messages for people. A test keeps the two
 * the same.
 */
import { quote, type Path, type Report } from './problem.ts'
import { DIMENSIONS, EQUIVOCATION, MAX_AGE_DAYS, MAX_BUILDERS, SCHEMA_ID, type Dimension } from './types.ts'

/** Unseen and private characters, surrogates and line ends: two names that look the same would be two names. */
const UNSEEN = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}`
const HOST = String.raw`[a-z0-9][a-z0-9.-]*`
const LOOPBACK = String.raw`(?:localhost|127\.0\.0\.1|\[::1\])`

/** Patterns of the fields (ECMAScript, `u`), as in the schema. */
export const PATTERNS = {
  id: '^[A-Za-z0-9][A-Za-z0-9._:/@+~-]*$',
  issuer: String.raw`^(?:https://${HOST}|http://${LOOPBACK})(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%!$&'()+,;=:@-]+)*/?$`,
  // The characters of a URI (RFC 3986) but `*`, which no identity holds and which looks like a pattern.
  identity: String.raw`^[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+$`,
  identityPattern: String.raw`^\^[!-~]+\$$`,
  label: String.raw`^[^\s${UNSEEN}](?:[^${UNSEEN}]*[^\s${UNSEEN}])?$`,
  jurisdiction: '^[A-Z]{2}$',
  repository: String.raw`^https://${HOST}(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+$`,
  file: String.raw`^(?!-----BEGIN)[^\s${UNSEEN}](?:[^${UNSEEN}]*[^\s${UNSEEN}])?$`,
  pem: String.raw`^-----BEGIN PUBLIC KEY-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END PUBLIC KEY-----(?:\r?\n)?$`
} as const

/** How many characters a field may have. */
export const MAX_LENGTHS = { id: 256, uri: 1024, pattern: 512, label: 256, file: 1024, key: 8192 } as const

type Field = (value: unknown, path: Path, report: Report) => void
type Fields = Readonly<Record<string, Field>>
type Data = Readonly<Record<string, unknown>>

const BUILDER: Fields = {
  id: text(PATTERNS.id, MAX_LENGTHS.id, 'a name of letters, digits and . _ : / @ + ~ -'),
  issuer: text(PATTERNS.issuer, MAX_LENGTHS.uri, 'an https URL as it stands in certificates, without query'),
  identity: text(
    PATTERNS.identity,
    MAX_LENGTHS.uri,
    'the whole identity as it stands in certificates (what is not certain of it goes into "identityPattern")'
  ),
  identityPattern: text(
    PATTERNS.identityPattern,
    MAX_LENGTHS.pattern,
    'a regular expression that starts with ^ and ends with $'
  ),
  organisation: label('the name of an organisation'),
  operatorJurisdiction: text(PATTERNS.jurisdiction, Infinity, 'two capital letters (ISO 3166-1), as in "US"'),
  computeJurisdiction: text(PATTERNS.jurisdiction, Infinity, 'two capital letters (ISO 3166-1), as in "US"'),
  cloud: label('the name of a cloud'),
  repository: text(PATTERNS.repository, MAX_LENGTHS.uri, 'an https URL without a slash at its end'),
  trustRoot: text(PATTERNS.file, MAX_LENGTHS.file, 'a file name, or "public"'),
  publicKey
}

const POLICY: Fields = {
  $schema: oneOf([SCHEMA_ID]),
  threshold: integer(1, MAX_BUILDERS),
  dimensions,
  predicateType: text(PATTERNS.identity, MAX_LENGTHS.uri, 'a URI'),
  maximumAgeDays: integer(1, MAX_AGE_DAYS),
  allowSelfHosted: flag,
  allowSandboxOff: flag,
  allowSeveralSubjects: flag,
  equivocation: oneOf(EQUIVOCATION),
  builders: (value, path, report) => list(value, path, report, MAX_BUILDERS, 'builder', builder)
}

/** The fields that each entry must have where the policy asks that they differ. The others have a value by themselves. */
const OPTIONAL_DIMENSIONS = [
  'organisation',
  'cloud',
  'operatorJurisdiction',
  'computeJurisdiction',
  'repository'
] as const satisfies readonly Dimension[]

/** Reports whatever is not as the schema asks. */
export function checkShape(value: unknown, report: Report): void {
  const reportShape: Report = (_, path, message) => report('shape', path, message)
  if (!checkFields(value, [], POLICY, ['builders'], reportShape)) return
  const { builders, dimensions: named = DEFAULT_DIMENSIONS } = value
  if (!Array.isArray(builders) || !Array.isArray(named)) return
  for (const dimension of OPTIONAL_DIMENSIONS.filter(each => named.includes(each))) {
    for (const [i, entry] of builders.entries()) {
      if (!isObject(entry) || Object.hasOwn(entry, dimension)) continue
      reportShape('shape', ['builders', i, dimension], 'is missing, and the policy asks that it differ')
    }
  }
}

export const DEFAULT_DIMENSIONS = ['builder', 'organisation', 'issuer'] as const satisfies readonly Dimension[]

function builder(value: unknown, path: Path, report: Report): void {
  if (!checkFields(value, path, BUILDER, ['id'], report)) return
  const has = (name: string): boolean => Object.hasOwn(value, name)
  if (has('publicKey')) {
    for (const name of ['issuer', 'identity', 'identityPattern'].filter(has)) {
      report('shape', [...path, name], 'does not go with "publicKey": the signature of a key proves no identity')
    }
    return
  }
  if (!has('issuer')) report('shape', [...path, 'issuer'], 'is missing (a builder without one has a "publicKey")')
  if (!has('identity') && !has('identityPattern')) report('shape', [...path, 'identity'], 'is missing')
  if (has('identity') && has('identityPattern')) {
    report('shape', [...path, 'identityPattern'], 'does not go with "identity": name one of the two')
  }
}

function dimensions(value: unknown, path: Path, report: Report): void {
  const known = oneOf(DIMENSIONS)
  list(value, path, report, DIMENSIONS.length, 'dimension', known)
  if (!Array.isArray(value)) return
  for (const [i, dimension] of value.entries()) {
    if (value.indexOf(dimension) < i) report('shape', [...path, i], `names ${quote(dimension)} again`)
  }
}

/** A PEM is looked at apart, so that no error repeats a key. */
function publicKey(value: unknown, path: Path, report: Report): void {
  const asks = 'must be a file name, or a public key in PEM ("-----BEGIN PUBLIC KEY-----" and so on)'
  if (typeof value !== 'string') report('shape', path, `${asks}, not ${kindOf(value)}`)
  else if (value === '') report('shape', path, 'is empty')
  else if (/PRIVATE KEY/.test(value)) report('shape', path, 'is a private key; a policy is public')
  else if (countCharacters(value) > MAX_LENGTHS.key) report('shape', path, tooLong(MAX_LENGTHS.key))
  else if (!matches(PATTERNS.pem, value) && !matches(PATTERNS.file, value)) report('shape', path, asks)
}

/** Whether `value` is an object at all; what is wrong with its fields is reported. */
function checkFields(
  value: unknown,
  path: Path,
  fields: Fields,
  required: readonly string[],
  report: Report
): value is Data {
  if (!isObject(value)) {
    report('shape', path, `must be an object, not ${kindOf(value)}`)
    return false
  }
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (check) check(member, [...path, name], report)
    else
      report(
        'shape',
        [...path, name],
        `is no field of a ${path.length === 0 ? 'policy' : 'builder'}${similar(name, fields)}`
      )
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name)) report('shape', [...path, name], 'is missing')
  }
  return true
}

function list(value: unknown, path: Path, report: Report, max: number, of: string, item: Field): void {
  if (!Array.isArray(value)) return report('shape', path, `must be a list, not ${kindOf(value)}`)
  if (value.length === 0) return report('shape', path, `is empty: it must name one ${of} at least`)
  if (value.length > max) return report('shape', path, `has ${value.length} entries; ${max} are the most`)
  // By index: a list of plain data may have holes.
  for (let i = 0; i < value.length; i++) item(value[i], [...path, i], report)
}

function text(pattern: string, max: number, asks: string): Field {
  return (value, path, report) => {
    if (typeof value !== 'string') report('shape', path, `must be ${asks}, not ${kindOf(value)}`)
    else if (value === '') report('shape', path, 'is empty')
    else if (countCharacters(value) > max) report('shape', path, `${quote(value)} ${tooLong(max)}`)
    else if (/<[^>]+>/.test(value) && !matches(pattern, value)) {
      report('shape', path, `${quote(value)} is still to be filled in`)
    } else if (!matches(pattern, value)) report('shape', path, `${quote(value)} is not ${asks}`)
  }
}

function label(asks: string): Field {
  return text(
    PATTERNS.label,
    MAX_LENGTHS.label,
    `${asks}, with no space around it and no character that cannot be seen`
  )
}

function oneOf(values: readonly string[]): Field {
  const asks = values.length === 1 ? quote(values[0]) : `one of ${values.map(quote).join(', ')}`
  return (value, path, report) => {
    if (typeof value !== 'string' || !values.includes(value)) report('shape', path, `${quote(value)} is not ${asks}`)
  }
}

function integer(min: number, max: number): Field {
  return (value, path, report) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return
    report(
      'shape',
      path,
      `must be a whole number from ${min} to ${max}, not ${typeof value === 'number' ? value : kindOf(value)}`
    )
  }
}

function flag(value: unknown, path: Path, report: Report): void {
  if (typeof value !== 'boolean') report('shape', path, `must be true or false, not ${kindOf(value)}`)
}

const tooLong = (max: number): string => `is longer than ${max} characters`

/** As JSON Schema counts: code points. */
function countCharacters(value: string): number {
  return value.length <= 1 ? value.length : Array.from(value).length
}

const compiled = new Map<string, RegExp>()

function matches(pattern: string, value: string): boolean {
  const expression = compiled.get(pattern) ?? new RegExp(pattern, 'u')
  compiled.set(pattern, expression)
  return expression.test(value)
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : quote(value)
}

/** Names that differ in case, or in the spelling of one word, are what people mistype. */
function similar(name: string, fields: Fields): string {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/z/g, 's')
      .replace(/[^a-z]/g, '')
  const meant = Object.keys(fields).find(field => plain(field) === plain(name))
  return meant === undefined ? '' : `; it is spelled ${quote(meant)}`
}
