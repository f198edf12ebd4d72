/** A TUF repository with one target. https://theupdateframework.github.io/specification/latest/ */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from '@sigstore/core'

const SPECIFICATION = '1.0.31'
const DAY_MS = 86_400_000
const TARGET = 'trusted_root.json'
const ROLES = ['root', 'timestamp', 'snapshot', 'targets']

export interface TufState {
  /** Of all metadata but the root. */
  version: number
  target: Buffer
  expires: Date
}

export class TufRepository {
  /** Paths that were asked for. */
  readonly requests: string[] = []
  /** What is given out in place of what belongs there, by path. */
  readonly replaced = new Map<string, Buffer>()
  readonly #pair = generateKeyPairSync('ed25519')
  readonly #server: Server
  #files = new Map<string, Buffer>()
  #targetPath = ''

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? ''
      this.requests.push(path)
      const file = this.replaced.get(path) ?? this.#files.get(path)
      response.writeHead(file ? 200 : 404).end(file)
    })
  }

  static async start(target: Buffer): Promise<TufRepository> {
    const repository = new TufRepository()
    repository.publish({ target })
    await new Promise<void>(resolve => repository.#server.listen(0, '127.0.0.1', resolve))
    return repository
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Where the target is given out. */
  get targetPath(): string {
    return this.#targetPath
  }

  /** Writes the first root into a folder; its path. */
  rootFile(folder: string): string {
    const file = join(folder, 'root.json')
    writeFileSync(file, this.#root())
    return file
  }

  publish({ version = 1, target = Buffer.alloc(0), expires = new Date(Date.now() + DAY_MS) }: Partial<TufState>): void {
    const common = { spec_version: SPECIFICATION, version, expires: iso(expires) }
    const hashes = { sha256: createHash('sha256').update(target).digest('hex') }
    const targets = this.#signed({
      ...common,
      _type: 'targets',
      targets: { [TARGET]: { length: target.length, hashes } }
    })
    const snapshot = this.#signed({ ...common, _type: 'snapshot', meta: { 'targets.json': { version } } })
    const timestamp = this.#signed({ ...common, _type: 'timestamp', meta: { 'snapshot.json': { version } } })
    this.#targetPath = `/targets/${hashes.sha256}.${TARGET}`
    this.#files = new Map([
      ['/1.root.json', this.#root()],
      ['/timestamp.json', timestamp],
      [`/${version}.snapshot.json`, snapshot],
      [`/${version}.targets.json`, targets],
      [this.#targetPath, target]
    ])
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #root(): Buffer {
    const { id, key } = this.#key()
    return this.#signed({
      _type: 'root',
      spec_version: SPECIFICATION,
      version: 1,
      expires: iso(new Date(Date.now() + DAY_MS)),
      consistent_snapshot: true,
      keys: { [id]: key },
      roles: Object.fromEntries(ROLES.map(role => [role, { keyids: [id], threshold: 1 }]))
    })
  }

  #key(): { id: string; key: object } {
    const ED25519_BYTES = 32
    const raw = this.#pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-ED25519_BYTES)
    const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: raw.toString('hex') } }
    return { id: createHash('sha256').update(json.canonicalize(key)).digest('hex'), key }
  }

  /** Nothing in it has characters that the two canonical forms of JSON write differently. */
  #signed(signed: object): Buffer {
    const sig = sign(null, Buffer.from(json.canonicalize(signed)), this.#pair.privateKey).toString('hex')
    return Buffer.from(JSON.stringify({ signed, signatures: [{ keyid: this.#key().id, sig }] }))
  }
}

/** TUF knows no fractions of seconds. */
const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
