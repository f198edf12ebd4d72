/** What a server says, made fit to be shown: one that has been sent a secret may well send it back. */
import { redactUrl } from '../errors.ts'

const MAX_READ = 4096
const MAX_SHOWN = 300
/** As much of a secret in a row is no accident. What is left of it between such pieces is shorter. */
const PIECE = 8
const HIDDEN = '[…]'
/** Bytes in some notation, or one word that no person has written: a secret in other clothes. */
const OPAQUE = [
  /[\w+=~%-]{33,}/g,
  /(?:\b\d{1,3}\b[\s,;]*){8,}/g,
  /(?:\b[0-9a-f]{2}\b[\s:,]*){8,}/gi,
  /(?:\\[ux]?[0-9a-f]{2,4}){4,}/gi
]

/**
 * One line of at most 300 characters, without control characters and without what URLs may hide.
 *
 * @param secrets no 8 characters in a row of any of them stay; and where there are any, nothing that looks like bytes does
 */
export function quotable(text: string, secrets: readonly string[] = []): string {
  let line = text.slice(0, MAX_READ).replace(/[\p{C}\p{Z}]+/gu, ' ')
  if (secrets.length > 0) {
    line = withoutPieces(line, secrets)
    for (const pattern of OPAQUE) line = line.replace(pattern, HIDDEN)
  }
  line = redactUrl(line).trim()
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line
}

function withoutPieces(text: string, secrets: readonly string[]): string {
  const pieces = new Set<string>()
  for (const secret of secrets) {
    for (let at = 0; at + PIECE <= secret.length; at++) pieces.add(secret.slice(at, at + PIECE))
  }
  let result = ''
  let shownFrom = 0
  let hiddenUntil = -1
  for (let at = 0; at + PIECE <= text.length; at++) {
    if (!pieces.has(text.slice(at, at + PIECE))) continue
    if (at > hiddenUntil) result += text.slice(shownFrom, at) + HIDDEN
    hiddenUntil = shownFrom = at + PIECE
  }
  return result + text.slice(shownFrom)
}
