/**
 * Looks in a transparency log, version 1, for entries that name a digest. It is a witness and no judge: nothing here is
 * verified, anyone may log an entry that names any digest, and the log may leave out what it likes.
 * https://github.com/sigstore/rekor/blob/main/openapi.yaml
 */
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { isObject, readHit, type LogHit } from './rekor-entry.ts'
import { LOG } from './rekor-v1.ts'
import {
  ask,
  malformed,
  type Service,
  type ServiceAnswer,
  type ServiceOptions,
  type ServiceRequest
} from './service-client.ts'
import { parseStrictJson } from './verify/strict-json.ts'

export type { LogHit }

export interface LogSearch {
  /** Entries that the log says to have; of a list that is too long, those in its beginning. */
  found: number
  /** Whether the list was too long. */
  isCut: boolean
  /** Of `found`, those that were not read since the caller knows them. */
  known: number
  /** The earliest in the log first. */
  hits: LogHit[]
  /** Of `found`, those that should have been read: too many, too slow, refused or damaged. */
  unread: number
  /** Why some were not read, where it is not that there are too many; one line. */
  unreadProblem?: string
}

export interface SearchOptions extends ServiceOptions {
  /** Hashes of leaves, in hexadecimal, of entries that need not be read. */
  known?: ReadonlySet<string>
  /** Longest time for everything. Default: 20 s. */
  totalTimeoutMs?: number
}

const TOTAL_TIMEOUT_MS = 20_000
const TIMEOUT_MS = 10_000
const MAX_HITS = 100
/** As many as the log gives out at once. */
const BATCH = 10
/** Ten entries with all that the log keeps of them. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024
const MAX_DEPTH = 16
/** Hash of the leaf, with or without the number of its tree before it. */
const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/
const LEAF_DIGITS = 64

/**
 * At most 100 entries are read.
 *
 * @param url of the log
 * @param digest `sha256:…`
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED where not even the list could be had; the signal's reason
 */
export async function searchLog(
  url: string,
  digest: string,
  ports: Ports,
  options: SearchOptions = {}
): Promise<LogSearch> {
  const { known = new Set(), totalTimeoutMs = TOTAL_TIMEOUT_MS, ...serviceOptions } = options
  const log = new Log(url, ports, totalTimeoutMs, serviceOptions)
  const { uuids, isCut } = await log.find(digest)
  const unknown = uuids.filter(uuid => !known.has(leafOf(uuid)))
  const { hits, unreadProblem } = await readEntries(unknown.slice(0, MAX_HITS), log)
  return {
    found: uuids.length,
    isCut,
    known: uuids.length - unknown.length,
    hits: hits.sort((a, b) => Number(a.logIndex) - Number(b.logIndex)),
    unread: unknown.length - hits.length,
    ...(unreadProblem !== undefined && { unreadProblem })
  }
}

async function readEntries(uuids: readonly string[], log: Log): Promise<Pick<LogSearch, 'hits' | 'unreadProblem'>> {
  const hits: LogHit[] = []
  let unreadProblem: string | undefined
  const batches = Array.from({ length: Math.ceil(uuids.length / BATCH) }, (_, i) =>
    uuids.slice(i * BATCH, (i + 1) * BATCH)
  )
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    try {
      hits.push(...(await log.retrieve(batch)))
    } catch (error) {
      if (!(error instanceof SeedError)) throw error
      unreadProblem ??= error.message
      // It is no other for the next.
      if (error.code === 'SIGSTORE_UNREACHABLE') break
      // One that the log cannot give out has it refuse those that are asked for with it.
      if (batch.length > 1) batches.unshift(...batch.map(uuid => [uuid]))
    }
  }
  return { hits, ...(unreadProblem !== undefined && { unreadProblem }) }
}

/** The log, for as long as there is time. */
class Log {
  readonly #service: Service
  readonly #ports: Ports
  readonly #options: ServiceOptions
  readonly #deadline: AbortSignal
  readonly #totalTimeoutMs: number

  constructor(url: string, ports: Ports, totalTimeoutMs: number, options: ServiceOptions) {
    this.#service = { name: LOG, url, timeoutMs: TIMEOUT_MS }
    this.#ports = ports
    this.#options = options
    this.#deadline = AbortSignal.timeout(totalTimeoutMs)
    this.#totalTimeoutMs = totalTimeoutMs
  }

  /** @returns what names the entries with `hash`, each once, in lower case */
  async find(hash: string): Promise<{ uuids: string[]; isCut: boolean }> {
    const answer = await this.#ask({ path: '/api/v1/index/retrieve', cut: true, refusal: unsearchable }, { hash })
    const { bytes, isCut } = answer
    const whole = isCut ? Buffer.concat([bytes.subarray(0, bytes.lastIndexOf(',')), Buffer.from(']')]) : bytes
    const list = this.#list({ ...answer, bytes: whole })
    const uuids = new Map<string, string>()
    for (const value of list) {
      const uuid = typeof value === 'string' ? value.toLowerCase() : ''
      if (UUID.test(uuid) && !uuids.has(leafOf(uuid))) uuids.set(leafOf(uuid), uuid)
    }
    if (list.length > 0 && uuids.size === 0) throw malformed(this.#service, 'list of entries')
    return { uuids: [...uuids.values()], isCut }
  }

  /** Those of the entries that the log gives out and that can be read, each once. */
  async retrieve(uuids: readonly string[]): Promise<LogHit[]> {
    const answer = await this.#ask(
      { path: '/api/v1/log/entries/retrieve', maxBytes: MAX_BATCH_BYTES, refusal: tooOften },
      { entryUUIDs: uuids },
      // Each is asked for a second time where it is not alone.
      uuids.length > 1 ? this.#options : { ...this.#options, backoff: ONCE }
    )
    const asked = new Set(uuids.map(leafOf))
    const hits: LogHit[] = []
    for (const item of this.#list(answer)) {
      for (const [name, entry] of Object.entries(isObject(item) ? item : {})) {
        const uuid = name.toLowerCase()
        const hit = UUID.test(uuid) && asked.has(leafOf(uuid)) ? readHit(uuid, entry) : undefined
        if (hit === undefined) continue
        asked.delete(leafOf(uuid))
        hits.push(hit)
      }
    }
    return hits
  }

  #list({ bytes }: ServiceAnswer): unknown[] {
    let value: unknown
    try {
      value = parseStrictJson(bytes, { depth: MAX_DEPTH })
    } catch {
      // An error would quote what was read.
    }
    if (!Array.isArray(value)) throw malformed(this.#service, 'list of entries')
    return value
  }

  async #ask(
    request: Omit<ServiceRequest, 'accept' | 'body' | 'statuses'>,
    content: object,
    options = this.#options
  ): Promise<ServiceAnswer> {
    const accept = 'application/json'
    const body = { type: accept, bytes: Buffer.from(JSON.stringify(content)) }
    const signal = AbortSignal.any([this.#ports.signal, this.#deadline])
    try {
      return await ask(
        this.#service,
        { ...request, accept, body, statuses: [200] },
        { ...this.#ports, signal },
        options
      )
    } catch (error) {
      this.#ports.signal.throwIfAborted()
      if (!this.#deadline.aborted) throw error
      const seconds = this.#totalTimeoutMs / 1000
      throw new SeedError('SIGSTORE_UNREACHABLE', `the ${LOG} did not finish its answers within ${seconds} s`, {
        resource: this.#service.url,
        hint: 'Run it again in a while.'
      })
    }
  }
}

const ONCE = { attempts: 1, firstMs: 0, factor: 1, maxMs: 0, jitter: 0 }

function unsearchable(status: number): ReturnType<NonNullable<ServiceRequest['refusal']>> {
  if (status !== 404 && status !== 501) return undefined
  return { code: 'SIGSTORE_FAILED', hint: 'Name a log of version 1 that can be searched: not every log can.' }
}

/** One that says so is not asked for the others. */
function tooOften(status: number): ReturnType<NonNullable<ServiceRequest['refusal']>> {
  return status === 429 ? { code: 'SIGSTORE_UNREACHABLE', hint: 'Run it again in a while.' } : undefined
}

function leafOf(uuid: string): string {
  return uuid.slice(-LEAF_DIGITS)
}
