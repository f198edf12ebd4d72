/** Rekor version 1. https://github.com/sigstore/rekor/blob/main/openapi.yaml */
import { randomBytes } from 'node:crypto'
import { json } from '@sigstore/core'
import type { Clock } from './clock.ts'
import { refusal } from './loopback-server.ts'
import type { Answer, Call } from './loopback-server.ts'
import { consistencyProof, leafHash } from './merkle-tree.ts'
import { canonicalEntry, verifierHash } from './rekor-entry.ts'
import { createEcdsaKey, TransparencyLog } from './transparency-log.ts'
import type { LoggedEntry } from './transparency-log.ts'

/** Entries of earlier trees: an entry's index in the log is not its index in the tree, as in the public log. */
const EARLIER_ENTRIES = 4_163_431
const MOST_SEARCHED = 10
const TREE_ID_DIGITS = 16
const ENTRIES = '/api/v1/log/entries'
const NAME = '127.0.0.1'
const PREFIXES: Readonly<Record<number, string>> = { 40: 'sha1', 64: 'sha256', 128: 'sha512' }
/** What can be searched for: an entry of another hash function is in the log, and not found by it. */
const HASH = /^(?:sha512:)?[0-9a-f]{128}$|^(?:sha256:)?[0-9a-f]{64}$|^(?:sha1:)?[0-9a-f]{40}$/i
const ID = /^(?:[0-9a-f]{64}|[0-9a-f]{80})$/i

interface Query {
  hash?: string
  email?: string
  subject?: string
  publicKey?: { format: string; content: string }
  operator?: string
}

interface Wanted {
  entryUUIDs?: string[] | null
  logIndexes?: number[] | null
  entries?: object[] | null
}

export class Rekor {
  readonly log: TransparencyLog
  readonly #treeId = randomBytes(8).readBigUInt64BE() >> 1n
  readonly #clock: Clock
  /** Identifiers of entries by what they are found by, in lower case. */
  readonly #index = new Map<string, string[]>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.log = new TransparencyLog(createEcdsaKey(), NAME, `${NAME} - ${this.#treeId}`)
  }

  answer(call: Call): Answer {
    const { method, path, query, headers } = call
    const type = headers['content-type'] ?? ''
    if (method === 'POST' && !type.startsWith('application/json')) {
      return refusal(415, `unsupported media type "${type}", only [application/json] are allowed`)
    }
    const entry = path.startsWith(`${ENTRIES}/`) ? path.slice(ENTRIES.length + 1) : undefined
    switch (`${method} ${path}`) {
      case `POST ${ENTRIES}`:
        return this.#create(call.body)
      case `GET ${ENTRIES}`:
        return this.#found(this.#at(Number(query.get('logIndex'))))
      case `POST ${ENTRIES}/retrieve`:
        return this.#retrieve(JSON.parse(call.body.toString()))
      case 'POST /api/v1/index/retrieve':
        return this.#search(JSON.parse(call.body.toString()))
      case 'GET /api/v1/log':
        return { status: 200, body: this.#logInformation() }
      case 'GET /api/v1/log/proof':
        return this.#proveConsistency(Number(query.get('firstSize') ?? 1), Number(query.get('lastSize')))
      case 'GET /api/v1/log/publicKey':
        return {
          status: 200,
          headers: { 'content-type': 'application/x-pem-file' },
          body: this.log.key.publicKey.export({ type: 'spki', format: 'pem' })
        }
    }
    if (method === 'GET' && entry !== undefined) return this.#found(this.#find(entry))
    return refusal(404, `path ${path} was not found`)
  }

  #create(body: Buffer): Answer {
    let entry
    try {
      entry = canonicalEntry(JSON.parse(body.toString()))
    } catch (error) {
      return refusal(400, `error processing entry: ${(error as Error).message}`)
    }
    const hash = leafHash(entry.body).toString('hex')
    const id = `${this.#treeDigits()}${hash}`
    const location = { location: `${ENTRIES}/${id}` }
    if (this.log.find(hash) !== undefined) {
      const message = `an equivalent entry already exists in the transparency log with UUID ${id}`
      return { ...refusal(409, message), headers: location }
    }
    const logged = this.log.append(entry.body, this.#clock.seconds())
    for (const key of new Set(entry.keys.map(each => each.toLowerCase()))) {
      this.#index.set(key, [...(this.#index.get(key) ?? []), id])
    }
    return { status: 201, headers: { ...location, etag: id }, body: this.#describe(logged) }
  }

  #retrieve(query: Wanted): Answer {
    const [entryUUIDs, logIndexes, entries] = [query.entryUUIDs ?? [], query.logIndexes ?? [], query.entries ?? []]
    for (const [name, list] of Object.entries(query)) {
      if (Array.isArray(list) && list.length === 0) return invalid(`${name} in body should have at least 1 items`)
    }
    const strange = entryUUIDs.findIndex(id => !ID.test(id))
    if (strange >= 0) return invalid(`entryUUIDs.${strange} in body should match '${ID.source}'`)
    if (entryUUIDs.length + logIndexes.length + entries.length > MOST_SEARCHED) {
      return refusal(422, `more than max allowed ${MOST_SEARCHED} entries in request`)
    }
    const found = [
      ...entryUUIDs.map(id => this.#find(id)),
      ...entries.map(proposed => this.log.find(leafHash(canonicalEntry(proposed).body).toString('hex'))),
      ...logIndexes.map(index => this.#at(index))
    ]
    return { status: 200, body: found.filter(entry => entry !== undefined).map(entry => this.#describe(entry)) }
  }

  /** Any of what is asked for, or all of it; in no order that means anything. */
  #search({ hash, email, subject, publicKey, operator = 'or' }: Query): Answer {
    if (hash !== undefined && hash !== '' && !HASH.test(hash))
      return invalid(`hash in body should match '${HASH.source}'`)
    const prefixed = hash?.includes(':') ? hash : hash && `${PREFIXES[hash.length]}:${hash}`
    const key = publicKey?.format === 'x509' ? verifierHash(publicKey.content) : undefined
    const keys = [prefixed, key, email, subject].map(each => each ?? '').filter(each => each !== '')
    const found = keys.map(each => this.#index.get(each.toLowerCase()) ?? [])
    const ids = new Set(found.flat())
    const isInAll = (id: string) => found.every(each => each.includes(id))
    return { status: 200, body: [...ids].filter(id => operator !== 'and' || isInAll(id)).sort() }
  }

  #logInformation(): object {
    return {
      inactiveShards: [],
      rootHash: this.log.rootHash().toString('hex'),
      signedTreeHead: this.log.checkpoint(),
      treeID: String(this.#treeId),
      treeSize: this.log.size
    }
  }

  #proveConsistency(first: number, last: number): Answer {
    if (!(first >= 1 && first <= last && last <= this.log.size)) return refusal(400, 'no such sizes')
    const hashes = consistencyProof(first, this.log.leaves().slice(0, last)).map(hash => hash.toString('hex'))
    return { status: 200, body: { rootHash: this.log.rootHash().toString('hex'), hashes } }
  }

  #found(entry: LoggedEntry | undefined): Answer {
    return entry === undefined ? refusal(404, 'Not Found') : { status: 200, body: this.#describe(entry) }
  }

  #at(index: number): LoggedEntry | undefined {
    return this.log.at(index - EARLIER_ENTRIES)
  }

  /** @param id hash of the leaf, with or without the tree before it */
  #find(anyCase: string): LoggedEntry | undefined {
    const id = anyCase.toLowerCase()
    return this.log.find(id.startsWith(this.#treeDigits()) ? id.slice(TREE_ID_DIGITS) : id)
  }

  #describe(entry: LoggedEntry): object {
    const { index, treeSize, rootHash, hashes, checkpoint } = this.log.prove(entry)
    const promised = {
      body: entry.body.toString('base64'),
      integratedTime: entry.integratedTime,
      logID: this.log.key.id.toString('hex'),
      logIndex: EARLIER_ENTRIES + entry.index
    }
    const inclusionProof = {
      checkpoint,
      hashes: hashes.map(hash => hash.toString('hex')),
      logIndex: index,
      rootHash: rootHash.toString('hex'),
      treeSize
    }
    const promise = this.log.key.sign(Buffer.from(json.canonicalize(promised)))
    const verification = { inclusionProof, signedEntryTimestamp: promise.toString('base64') }
    return { [`${this.#treeDigits()}${entry.leafHash.toString('hex')}`]: { ...promised, verification } }
  }

  #treeDigits(): string {
    return this.#treeId.toString(16).padStart(TREE_ID_DIGITS, '0')
  }
}

/** What the real server's checks of a request's form say. */
function invalid(what: string): Answer {
  return refusal(422, `validation failure list:\n${what}`)
}
