/** Workflow commands: lines that a step prints for the runner. */

export interface Command {
  /** As it was written; the runner compares it without case. */
  name: string
  properties: Record<string, string>
  data: string
}

/**
 * The command of a line, in the form `::name key=value,…::data` or the older `##[name key=value;…]data`.
 *
 * @param names what the runner knows, in lower case; any other is text
 */
export function parseCommand(line: string, names: ReadonlySet<string>): Command | undefined {
  return parseNew(line.trimStart(), names) ?? parseOld(line, names)
}

function parseNew(line: string, names: ReadonlySet<string>): Command | undefined {
  const end = line.indexOf('::', 2)
  if (!line.startsWith('::') || end < 0) return undefined
  const [name, properties] = splitName(line.slice(2, end))
  if (!names.has(name.toLowerCase())) return undefined
  const data = unescape(line.slice(end + 2), { '%0D': '\r', '%0A': '\n' })
  const escapes = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',' }
  return { name, properties: parseProperties(properties.trim(), ',', escapes), data }
}

function parseOld(line: string, names: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf('##[')
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  const [name, properties] = splitName(line.slice(start + 3, end))
  if (!names.has(name.toLowerCase())) return undefined
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']' }
  return {
    name,
    properties: parseProperties(properties, ';', escapes),
    data: unescape(line.slice(end + 1), escapes)
  }
}

function splitName(info: string): [name: string, rest: string] {
  const space = info.indexOf(' ')
  return space < 0 ? [info, ''] : [info.slice(0, space), info.slice(space + 1)]
}

function parseProperties(text: string, separator: string, escapes: Record<string, string>): Record<string, string> {
  const pairs = text.split(separator).map(property => {
    const equals = property.indexOf('=')
    return [property.slice(0, Math.max(0, equals)), property.slice(equals + 1)] as const
  })
  const named = pairs.filter(([key, value]) => key !== '' && value !== '')
  return Object.fromEntries(named.map(([key, value]) => [key, unescape(value, escapes)]))
}

/** `%25` last, or `%250A` would become a line end. */
function unescape(text: string, escapes: Record<string, string>): string {
  let result = text
  for (const [escaped, token] of Object.entries(escapes)) result = result.replaceAll(escaped, token)
  return result.replaceAll('%25', '%')
}
