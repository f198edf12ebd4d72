/** Documents that are nearly the right ones. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type JsonPath = readonly (string | number)[]

/** What nobody expects anywhere. */
export const STRANGE_VALUES: readonly Json[] = [
  null,
  true,
  -1,
  0,
  1e300,
  '',
  '0',
  'a',
  '-1',
  'AAAA',
  '9'.repeat(4000),
  [],
  {},
  [[]],
  { a: 1 }
]

/** Every place in a document. */
export function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => places(item, [...path, i]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => places(item, [...path, name]))
      : []
  return [path, ...inner]
}

/** The document with `edit` done to what holds the place. */
export function editedAt(
  document: Json,
  path: JsonPath,
  edit: (holder: Record<string | number, Json>, name: string | number) => void
): Json {
  const copy = { root: structuredClone(document) }
  let holder = copy as unknown as Record<string | number, Json>
  let name: string | number = 'root'
  for (const step of path) {
    holder = holder[name] as unknown as Record<string | number, Json>
    name = step
  }
  edit(holder, name)
  return copy.root
}

/** The document with one value that is another, missing, from elsewhere, or there twice. */
export function withOtherValue(
  document: Json,
  path: JsonPath,
  choice: { kind: number; value: number; from: Json }
): Json {
  const { kind, value, from } = choice
  const other = editedAt(document, path, (holder, name) => {
    if (kind % 4 === 0) holder[name] = pick(STRANGE_VALUES, value)
    else if (kind % 4 === 1) Reflect.deleteProperty(holder, name)
    else if (kind % 4 === 2) holder[name] = valueAt(from, pick(places(from), value))
    else if (Array.isArray(holder[name])) holder[name] = [...holder[name], ...holder[name]]
    else holder[`${name}`.toUpperCase()] = holder[name] ?? null
  }) as Json | undefined
  // Of a document that is missing as a whole, nothing is left.
  return other ?? null
}

/** The bytes with one missing, one more, all after one missing, or one bit another. */
export function withOtherBytes(
  original: Buffer,
  { at, kind, byte }: { at: number; kind: number; byte: number }
): Buffer {
  const bytes = Buffer.from(original)
  const place = at % Math.max(1, bytes.length)
  if (kind % 4 === 0) return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
  if (kind % 4 === 1) return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte & 0xff), bytes.subarray(place)])
  if (kind % 4 === 2) return bytes.subarray(0, place)
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (byte % 8))
  return bytes
}

/** Paths of the values in which two documents differ. */
export function differences(a: Json | undefined, b: Json | undefined, path = ''): string[] {
  if (a === b) return []
  if (Array.isArray(a) && Array.isArray(b)) {
    return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_, i) =>
      differences(a[i], b[i], `${path}[${i}]`)
    )
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names].flatMap(name => differences(a[name], b[name], path === '' ? name : `${path}.${name}`))
  }
  if (isNothing(a) && isNothing(b)) return []
  return typeof a !== 'object' && typeof b !== 'object' && String(a) === String(b) ? [] : [path]
}

/** What is empty, zero or nothing may be left out. */
function isNothing(value: Json | undefined): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0
  return isEmpty || value === undefined || value === null || value === '' || value === 0 || value === '0'
}

/** What of a bundle may be changed by anyone, since it says nothing that counts: names for keys, what wraps a timestamp. */
export const UNSIGNED =
  /^(?:dsseEnvelope\.signatures\[0\]\.keyid|verificationMaterial\.publicKey(?:\.hint)?|verificationMaterial\.timestampVerificationData.*|mediaType)$/

export function valueAt(document: Json, path: JsonPath): Json {
  return path.reduce<Json>((value, step) => (value as Record<string | number, Json>)[step] ?? null, document)
}

export function isBase64(value: Json): boolean {
  return typeof value === 'string' && value.length > 8 && Buffer.from(value, 'base64').toString('base64') === value
}

export function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('it is no text')
  return value
}

export const pick = <T>(list: readonly T[], number: number): T => list[number % list.length]!

export function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
