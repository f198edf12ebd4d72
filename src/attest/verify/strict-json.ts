/**
 * JSON (RFC 8259) of strangers: in which readers could differ is refused, as is what takes a reader too much.
 */

export class StrictJsonError extends Error {}

/**
 * @param limits how many levels of lists and objects there may be
 * @throws StrictJsonError where it is no JSON in UTF-8, is deeper, or has a name twice in one object
 */
export function parseStrictJson(bytes: Uint8Array, limits: { depth: number }): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new StrictJsonError('it is no text in UTF-8')
  }
  // Before anything is made of it: what comes out of a text that is only deep is not small.
  checkStructure(text, limits.depth)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new StrictJsonError('it is no JSON')
  }
}

/** Whether the text is JSON is not looked at here. Without recursion, once through the text. */
function checkStructure(text: string, depth: number): void {
  /** Names so far of the objects that are open; undefined stands for a list. */
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined)
      if (open.length > depth) throw new StrictJsonError(`it has more than ${depth} levels of lists and objects`)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = endOfString(text, at)
      if (isName(text, end)) addName(open.at(-1), text.slice(at, end))
      at = end - 1
    }
  }
}

/** The place after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at + 1
  }
  return text.length
}

function isName(text: string, end: number): boolean {
  let at = end
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at++
  return text[at] === ':'
}

function addName(names: Set<string> | undefined, literal: string): void {
  let name: unknown
  try {
    name = JSON.parse(literal)
  } catch {
    throw new StrictJsonError('it is no JSON')
  }
  if (names === undefined || typeof name !== 'string') return
  if (names.has(name))
    throw new StrictJsonError(`the name ${JSON.stringify(name.slice(0, 100))} stands twice in an object`)
  names.add(name)
}
