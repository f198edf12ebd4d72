/** The timestamp authority: https://www.rfc-editor.org/rfc/rfc3161 */
import { createHash } from 'node:crypto'
import { RFC3161Timestamp } from '@sigstore/core'
import type { Ports } from '../ports.ts'
import { ask, malformed, type Service, type ServiceOptions } from './service-client.ts'

const TIMEOUT_MS = 10_000
const PATH = '/api/v1/timestamp'
export const TIMESTAMP_AUTHORITY = 'timestamp authority'
/** TimeStampReq of a SHA-256, version 1 and without options, up to the digest. */
const REQUEST = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex')

/**
 * Has the time of a signature certified.
 *
 * @param url a server of Sigstore's kind, or the whole address of any other
 * @returns DER of the TimeStampResp, which was read and not verified
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function requestTimestamp(
  signature: Buffer,
  url: string,
  ports: Ports,
  options?: ServiceOptions
): Promise<Buffer> {
  const service: Service = { name: TIMESTAMP_AUTHORITY, url, timeoutMs: TIMEOUT_MS }
  const digest = createHash('sha256').update(signature).digest()
  const { bytes } = await ask(
    service,
    {
      path: new URL(url).pathname === '/' ? PATH : '',
      accept: 'application/timestamp-reply',
      body: { type: 'application/timestamp-query', bytes: Buffer.concat([REQUEST, digest]) },
      statuses: [200, 201]
    },
    ports,
    options
  )
  if (readTimestamp(bytes) === undefined) throw malformed(service, 'timestamp')
  return bytes
}

/** A timestamp as it says itself; nothing of it is verified. */
export interface Timestamp {
  time: Date
  /** Whether it is of these bytes. */
  isOf(data: Buffer): boolean
}

/** @returns undefined where it is no granted timestamp */
export function readTimestamp(der: Buffer): Timestamp | undefined {
  try {
    const parsed = RFC3161Timestamp.parse(Buffer.from(der))
    const { genTime: time } = parsed.tstInfo
    if (parsed.status > 1n || Number.isNaN(time.getTime())) return undefined
    const isOf = (data: Buffer): boolean => {
      try {
        parsed.tstInfo.verify(data)
        return true
      } catch {
        return false
      }
    }
    return { time, isOf }
  } catch {
    return undefined
  }
}
