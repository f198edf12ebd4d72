/** What was signed: one in-toto statement. https://github.com/in-toto/attestation/tree/main/spec/v1 */
import type { Bundle } from '@sigstore/bundle'
import { PAYLOAD_TYPE, STATEMENT_TYPE, type DigestSet, type Statement } from '../statement.ts'
import { BundleRefusal } from './refusal.ts'
import { parseStrictJson } from './strict-json.ts'

export const MAX_STATEMENT_BYTES = 2 * 1024 * 1024
const MAX_DEPTH = 64
const MAX_SUBJECTS = 1024

/**
 * What an envelope holds, as it was signed.
 *
 * @throws BundleRefusal where that is not said to be a statement
 */
export function statementPayload({ content }: Bundle): Buffer {
  if (content.$case !== 'dsseEnvelope') {
    throw new BundleRefusal('content-unsupported', 'the bundle holds the signature of a file, and no statement')
  }
  const { payload, payloadType } = content.dsseEnvelope
  if (payloadType !== PAYLOAD_TYPE) {
    throw new BundleRefusal('payload-type', 'the payload is of another type', {
      expected: PAYLOAD_TYPE,
      found: payloadType
    })
  }
  if (payload.length > MAX_STATEMENT_BYTES) {
    throw new BundleRefusal('payload-too-large', `the statement is larger than ${MAX_STATEMENT_BYTES} bytes`)
  }
  return payload
}

/**
 * Reads a statement. Every subject has a SHA-256 in lower-case hexadecimal.
 *
 * @throws BundleRefusal
 */
export function readStatement(payload: Uint8Array): Statement {
  const json = parse(payload)
  const { _type, subject, predicateType, predicate } = json
  if (_type !== STATEMENT_TYPE) {
    throw new BundleRefusal('statement-type', 'the payload is another kind of statement', {
      expected: STATEMENT_TYPE,
      found: _type ?? null
    })
  }
  if (typeof predicateType !== 'string' || predicateType === '') throw malformed('it has no predicateType')
  if (predicate !== undefined && !isObject(predicate)) throw malformed('its predicate is no object')
  return { _type, subject: readSubjects(subject), predicateType, predicate: predicate ?? {} }
}

function readSubjects(value: unknown): Statement['subject'] {
  if (!Array.isArray(value)) throw malformed('its subjects are no list')
  if (value.length === 0 || value.length > MAX_SUBJECTS) {
    throw new BundleRefusal('subject-count', `a statement must have from 1 to ${MAX_SUBJECTS} subjects`, {
      found: value.length
    })
  }
  return value.map((subject: unknown) => {
    if (!isObject(subject)) throw malformed('a subject is no object')
    const { name = '', digest } = subject
    if (typeof name !== 'string') throw malformed('the name of a subject is no text')
    return { name, digest: readDigest(digest) }
  })
}

function readDigest(digest: unknown): DigestSet {
  const { sha256, ...others } = isObject(digest) ? digest : {}
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new BundleRefusal('subject-invalid', 'a subject has no SHA-256 of 64 lower-case hexadecimal digits', {
      found: sha256 ?? digest ?? null
    })
  }
  const texts = Object.entries(others).filter((each): each is [string, string] => typeof each[1] === 'string')
  return Object.fromEntries([...texts, ['sha256', sha256]])
}

function parse(payload: Uint8Array): Record<string, unknown> {
  let json: unknown
  try {
    json = parseStrictJson(payload, { depth: MAX_DEPTH })
  } catch (error) {
    throw malformed((error as Error).message)
  }
  if (!isObject(json)) throw malformed('it is no object')
  return json
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(what: string): BundleRefusal {
  return new BundleRefusal('payload-malformed', `the payload is no statement: ${what}`)
}
