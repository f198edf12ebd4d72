/**
 * Decoders are lenient: they skip characters in base64 and fields that they do not know. So what was decoded is encoded
 * again, and everything that was read must be there.
 * https://protobuf.dev/programming-guides/json/
 */

/**
 * The first value in which JSON differs from its echo, as a path of names; undefined where nothing of it was changed or
 * left out. What is empty or zero may be missing from the echo, and a whole number may have become text.
 */
export function firstDifference(value: unknown, echo: unknown, path = ''): string | undefined {
  if (echo === undefined) return isDefault(value) ? undefined : path
  if (Array.isArray(value)) {
    if (!Array.isArray(echo) || echo.length !== value.length) return path
    return first(value.map((item, i) => () => firstDifference(item, echo[i], `${path}[${i}]`)))
  }
  if (typeof value === 'object' && value !== null) {
    if (typeof echo !== 'object' || echo === null || Array.isArray(echo)) return path
    return first(
      Object.entries(value).map(([name, item]) => () => {
        const counterpart: unknown = Object.hasOwn(echo, name) ? (echo as Record<string, unknown>)[name] : undefined
        return firstDifference(item, counterpart, path === '' ? name : `${path}.${name}`)
      })
    )
  }
  const isSame = value === echo || (Number.isSafeInteger(value) && String(value) === echo)
  return isSame ? undefined : path
}

function first(differences: (() => string | undefined)[]): string | undefined {
  for (const difference of differences) {
    const found = difference()
    if (found !== undefined) return found
  }
  return undefined
}

function isDefault(value: unknown): boolean {
  return value === null || value === '' || value === 0 || value === '0' || (Array.isArray(value) && value.length === 0)
}
