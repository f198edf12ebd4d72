/** The files that a step writes to (`GITHUB_ENV` and so on), read by the rules of the Actions runner. */

/** The runner reports it as an error of the step, which then fails. */
export class FileCommandError extends Error {}

/**
 * Pairs of `NAME=VALUE` lines and `NAME<<DELIMITER` blocks, in their order.
 *
 * @throws FileCommandError for a line that is neither, an empty name or delimiter, or a block without its end
 */
export function parseKeyValues(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = []
  const lines = text.split('\n')
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop()
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new FileCommandError(`Invalid format '${line}'. Name must not be empty`)
      pairs.push([line.slice(0, equals), line.slice(equals + 1)])
    } else if (heredoc >= 0) {
      pairs.push([line.slice(0, heredoc), takeBlock(line, heredoc, lines)])
    } else {
      throw new FileCommandError(`Invalid format '${line}'`)
    }
  }
  return pairs
}

function takeBlock(line: string, heredoc: number, lines: string[]): string {
  const delimiter = line.slice(heredoc + 2)
  if (heredoc === 0 || delimiter === '') {
    throw new FileCommandError(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
  }
  const end = lines.indexOf(delimiter)
  if (end < 0) throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}'`)
  const value = lines.splice(0, end).join('\n')
  lines.shift()
  return value
}

/** Folders to be put before PATH; the last one of them comes first. */
export function parsePaths(text: string): string[] {
  return text.split(/\r?\n/).filter(line => line !== '')
}

/** What a summary may have, in bytes; the runner drops a longer one with an error. */
export const SUMMARY_LIMIT_BYTES = 1024 * 1024

/** Names that no step may put into the environment of later ones. */
export function isBlocked(name: string): boolean {
  return name.toUpperCase() === 'NODE_OPTIONS'
}
