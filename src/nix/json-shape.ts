import { SeedError } from '../errors.ts'

/** A JSON object whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>

/** What reads one JSON document: every miss is reported with the document's name and the place in it. */
export interface Shape {
  object(value: unknown, where: string): Json
  text(value: unknown, where: string): string
  count(value: unknown, where: string): number
  texts(value: unknown, where: string): string[]
  fail(where: string, expected: string): never
}

/** Makes the readers for a document of another program; misses are `code` errors that name `document`. */
export function shapeOf(document: string, code: 'TOOL_FAILED' | 'LOCK_INVALID', resource?: string): Shape {
  const fail = (where: string, expected: string): never => {
    throw new SeedError(code, `${document}: ${where} is not ${expected}`, resource === undefined ? {} : { resource })
  }
  const text = (value: unknown, where: string) => (typeof value === 'string' ? value : fail(where, 'a string'))
  return {
    fail,
    text,
    object: (value, where) => (isObject(value) ? value : fail(where, 'an object')),
    count: (value, where) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : fail(where, 'a whole number'),
    texts: (value, where) =>
      Array.isArray(value) ? value.map((item, i) => text(item, `${where}[${i}]`)) : fail(where, 'a list')
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
