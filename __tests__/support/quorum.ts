/**
 * Six builders on three Sigstores that know nothing of each other, policies over them, and places where their bundles
 * hang: a registry with a list of referrers of its own, one without, an image layout on disk, and a folder of files.
 *
 * | builder | provider            | Sigstore | organisation |
 * | ------- | ------------------- | -------- | ------------ |
 * | A       | GitHub              | one      | Microsoft    |
 * | B       | GitLab              | two      | GitLab       |
 * | C       | CircleCI            | three    | CircleCI     |
 * | D       | GitHub, as A        | one      | Microsoft    |
 * | E       | GitHub of their own | two      | Example      |
 * | F       | a key               | three    | Foundation   |
 */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { plainBuilder } from '../../src/attest/builder.ts'
import { parsePolicy } from '../../src/attest/policy.ts'
import { resolvePolicy, type TrustedPolicy } from '../../src/attest/policy/trust.ts'
import { provenance } from '../../src/attest/provenance.ts'
import { SeedError } from '../../src/errors.ts'
import { openRepository } from '../../src/oci/repository.ts'
import { MEDIA_TYPE, type Artifact, type Descriptor, type Digest, type Repository } from '../../src/oci/types.ts'
import { silentLog, silentProgress, type Log, type Ports } from '../../src/ports.ts'
import { verifySeed, type Verification, type VerificationRequest } from '../../src/seed/verification.ts'
import { attest, bytesOf, COMMIT, trustRootBytes, type AttestationOptions } from './attestation.ts'
import { buildFacts } from './build-facts.ts'
import { RegistryServer, type RegistryServerOptions } from './registry-server.ts'
import { makeBundle } from './sigstore-bundle.ts'
import {
  circleciClaims,
  githubClaims,
  gitlabClaims,
  Issuer,
  startSigstore,
  type LocalSigstore,
  type SigstoreServer
} from './sigstore.ts'

export { COMMIT }
export const OTHER_COMMIT = 'f'.repeat(40)
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

export type BuilderId = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

/** What all builders made. */
const IMAGE = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [], annotations: { seed: 'one' } })
)
export const DIGEST = digestOf(IMAGE)
/** What nobody should have made of the same commit. */
export const OTHER_DIGEST: Digest = `sha256:${'ab'.repeat(32)}`
/** Under which every builder knows it, if a test says nothing else. */
export const SEED_NAME = 'registry.example/octo-org/project/seed'

export const GITHUB = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'
export const MIRROR = 'https://github.com/octo-org/mirror/.github/workflows/seed.yml@refs/heads/main'
export const GITLAB = 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main'
export const CIRCLECI =
  'https://circleci.com/api/v2/projects/7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10/pipeline-definitions/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'

/** A pair of keys, and its public one as a policy has it. */
export function keyPair(): { privateKey: KeyObject; publicKey: KeyObject; pem: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...pair, pem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

export interface BundleOptions extends Omit<AttestationOptions, 'key'> {
  /** Of the image; default: `DIGEST`. */
  digest?: string
  /** Of the image; default: `SEED_NAME`. */
  name?: string
  /** Signs and logs with another Sigstore, or with the parts of several. */
  at?: LocalSigstore
  key?: ReturnType<typeof keyPair>
}

export interface Attempt extends Partial<Omit<VerificationRequest, 'policy' | 'repository'>> {
  policy?: TrustedPolicy
  /** Attached to the image in a registry with a list of referrers, unless `repository` or `paths` are there. */
  bundles?: readonly (Buffer | Artifact)[]
  /** In its place. */
  repository?: Repository
  log?: Log
  signal?: AbortSignal
}

export class Builders {
  readonly one: LocalSigstore
  readonly two: LocalSigstore
  readonly three: LocalSigstore
  /** What a policy may name, by name. */
  readonly files = new Map<string, Uint8Array>()
  readonly keys = keyPair()
  readonly folder: string
  readonly registry: RegistryServer
  readonly #enterprise: Issuer
  #places = 0
  readonly #things: { close(): Promise<void> }[] = []

  private constructor(
    sigstores: readonly [LocalSigstore, LocalSigstore, LocalSigstore],
    others: { enterprise: Issuer; registry: RegistryServer; folder: string }
  ) {
    ;[this.one, this.two, this.three] = sigstores
    this.#enterprise = others.enterprise
    this.registry = others.registry
    this.folder = others.folder
    for (const [name, { trustedRoot }] of [
      ['one.json', this.one],
      ['two.json', this.two],
      ['three.json', this.three]
    ] as const) {
      this.files.set(name, trustRootBytes(trustedRoot))
    }
    this.files.set('f.pub', Buffer.from(this.keys.pem))
  }

  static async start(): Promise<Builders> {
    const sigstores = await Promise.all([
      startSigstore(),
      startSigstore({ issuerType: 'gitlab-pipeline' }),
      startSigstore({ issuerType: 'circleci' })
    ])
    const enterprise = await Issuer.start()
    sigstores[1].accept({ issuer: enterprise.issuer, type: 'github-workflow' })
    const registry = await RegistryServer.start({ referrers: {} })
    const folder = await mkdtemp(join(tmpdir(), 'quorum-'))
    return new Builders(sigstores, { enterprise, registry, folder })
  }

  async close(): Promise<void> {
    for (const thing of this.#things.splice(0).reverse()) await thing.close()
    await this.registry.close()
    await Promise.all([this.#enterprise, this.one, this.two, this.three].map(each => each.close()))
    await rm(this.folder, { recursive: true, force: true })
  }

  /** The Sigstore that a builder signs with. */
  sigstoreOf(id: BuilderId): LocalSigstore {
    return { A: this.one, B: this.two, C: this.three, D: this.one, E: this.two, F: this.three }[id]
  }

  issuerOf(id: BuilderId): Issuer {
    return id === 'E' ? this.#enterprise : this.sigstoreOf(id).issuer
  }

  /** The entry of a builder as policies have it. */
  entry(id: BuilderId, more: Record<string, unknown> = {}): Record<string, unknown> {
    const issuer = this.issuerOf(id).issuer
    const sigstore = { A: 'one', B: 'two', C: 'three', D: 'one', E: 'two', F: 'three' }[id]
    const common = { id, trustRoot: `${sigstore}.json` }
    const own = {
      A: { organisation: 'Microsoft', issuer, identity: GITHUB },
      B: { organisation: 'GitLab', issuer, identity: GITLAB },
      C: { organisation: 'CircleCI', issuer, identity: CIRCLECI },
      D: { organisation: 'Microsoft', issuer, identity: MIRROR },
      E: { organisation: 'Example', issuer, identity: GITHUB },
      F: { organisation: 'Foundation', publicKey: 'f.pub' }
    }[id]
    const entry: Record<string, unknown> = { ...common, ...own, ...more }
    return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))
  }

  /** A policy over these entries that asks for three of them, if not for something else. */
  async policy(
    entries: readonly (BuilderId | Record<string, unknown>)[] = ['A', 'B', 'C', 'E', 'F'],
    more: object = {}
  ): Promise<TrustedPolicy> {
    const builders = entries.map(entry => (typeof entry === 'string' ? this.entry(entry) : entry))
    const policy = parsePolicy({ threshold: Math.min(3, builders.length), ...more, builders }, 'policy.json')
    return resolvePolicy(policy, 'policy.json', {
      readFile: async name => {
        const bytes = this.files.get(name)
        if (bytes) return bytes
        throw new SeedError('USAGE', 'there is no such file', { resource: name })
      },
      publicTrustRoot: async () => {
        throw new SeedError('SIGSTORE_UNREACHABLE', 'no test asks for the public trust root')
      }
    })
  }

  /** A bundle of a builder about the seed. */
  async bundle(id: BuilderId, options: BundleOptions = {}): Promise<Buffer> {
    const { digest = DIGEST, name = SEED_NAME, at = this.sigstoreOf(id), facts, key, ...others } = options
    const subject = { name, digest }
    if (id === 'F' || key) {
      const { commit = COMMIT, change = each => each, ...signing } = others
      const source = { uri: 'git+https://git.example/project@refs/heads/main', commit }
      const builder = plainBuilder({ id: 'https://builds.example/1', source })
      const statement = change(provenance(builder, buildFacts({ subject, ...facts }))) as object
      return bytesOf(await makeBundle(at, { statement, key: key ?? this.keys, ...signing }))
    }
    const claims = { A: githubClaims, B: gitlabClaims, C: circleciClaims, D: mirrorClaims, E: githubClaims }[id]()
    const commit = id === 'C' ? { commit: COMMIT } : {}
    const issuer = this.issuerOf(id)
    return bytesOf(await attest(at, { claims, issuer, ...commit, ...others, facts: { subject, ...facts } }))
  }

  async bundles(ids: readonly BuilderId[], options: BundleOptions = {}): Promise<Buffer[]> {
    const made: Buffer[] = []
    for (const id of ids) made.push(await this.bundle(id, options))
    return made
  }

  /** Does something while these clocks of a Sigstore are off, in milliseconds. */
  async atTimes<T>(
    sigstore: LocalSigstore,
    offsets: Partial<Record<SigstoreServer, number>>,
    action: () => Promise<T>
  ): Promise<T> {
    const servers = Object.keys(offsets) as SigstoreServer[]
    for (const server of servers) sigstore.fault(server, { clockOffsetMs: offsets[server] ?? 0 })
    try {
      return await action()
    } finally {
      for (const server of servers) sigstore.fault(server)
    }
  }

  /** A repository of its own that holds the image. */
  async repository(server: RegistryServer = this.registry, options: { signal?: AbortSignal; log?: Log } = {}) {
    return this.#open(`${server.host}/seeds/${this.#places++}`, options)
  }

  async layout(options: { log?: Log } = {}): Promise<Repository> {
    return this.#open(`oci:${join(this.folder, `layout-${this.#places++}`)}`, options)
  }

  /** A further client of the same repository. */
  async another(
    { name }: Pick<Repository, 'name'>,
    options: { signal?: AbortSignal; log?: Log } = {}
  ): Promise<Repository> {
    const backoff = { attempts: 3, firstMs: 1, factor: 1, maxMs: 5, jitter: 0 }
    const repository = openRepository(name, { env: { HOME: '/nonexistent' }, backoff, ...options })
    this.#things.push(repository)
    return repository
  }

  async #open(name: string, options: { signal?: AbortSignal; log?: Log }): Promise<Repository> {
    const repository = await this.another({ name }, options)
    await repository.putManifest(IMAGE, MEDIA_TYPE.index, ['latest'])
    return repository
  }

  /** Another registry, which ends with the tests. */
  async server(options: RegistryServerOptions = {}): Promise<RegistryServer> {
    const server = await RegistryServer.start(options)
    this.#things.push(server)
    return server
  }

  /** Files in a folder of their own; its path. */
  async folderOf(files: Record<string, Buffer | string>): Promise<string> {
    const folder = await mkdtemp(join(this.folder, 'files-'))
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    return folder
  }

  async verify(attempt: Attempt): Promise<Verification> {
    const { bundles, log = silentLog, signal = new AbortController().signal, ...request } = attempt
    const ports: Ports = { log, progress: silentProgress, env: { HOME: '/nonexistent' }, signal }
    const isBare = attempt.repository === undefined && attempt.paths !== undefined && bundles === undefined
    const repository =
      attempt.repository ?? (isBare ? undefined : await this.repository(this.registry, { signal, log }))
    if (bundles && repository) await hang(repository, ...bundles)
    return verifySeed(
      {
        reference: `${repository?.name ?? SEED_NAME}@${DIGEST}`,
        digest: DIGEST,
        ...request,
        policy: attempt.policy ?? (await this.policy()),
        ...(repository && { repository })
      },
      ports
    )
  }
}

/** Prepares them for the tests of this file. */
export function useBuilders(): () => Builders {
  let builders: Builders | undefined
  beforeAll(async () => {
    builders = await Builders.start()
  }, 60_000)
  afterAll(() => builders?.close())
  return () => {
    if (builders === undefined) throw new Error('the builders are not there yet')
    return builders
  }
}

/** Attaches to the image what may be a bundle. */
export async function hang(repository: Repository, ...contents: readonly (Buffer | Artifact)[]): Promise<Descriptor[]> {
  const artifacts = contents.map(each => (Buffer.isBuffer(each) ? artifactOf(each) : each))
  const attached = await repository.attach({ digest: DIGEST }, artifacts)
  return attached.map(({ descriptor }) => descriptor)
}

export function artifactOf(bytes: Buffer, more: Partial<Artifact> = {}): Artifact {
  return { artifactType: BUNDLE_TYPE, mediaType: BUNDLE_TYPE, bytes, annotations: {}, ...more }
}

/**
 * Puts a manifest that hangs on the image into a registry as nobody would write it.
 *
 * @returns its digest
 */
export function hangManifest(
  server: RegistryServer,
  repository: Repository,
  manifest: Record<string, unknown>
): { digest: Digest; size: number; mediaType: string } {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType: BUNDLE_TYPE,
      config: { mediaType: MEDIA_TYPE.empty, digest: digestOf(Buffer.from('{}')), size: 2 },
      layers: [],
      subject: { mediaType: MEDIA_TYPE.index, digest: DIGEST, size: IMAGE.length },
      ...manifest
    })
  )
  const digest = digestOf(bytes)
  server.manifests.set(`${pathOf(repository)}@${digest}`, { bytes, mediaType: MEDIA_TYPE.manifest })
  return { digest, size: bytes.length, mediaType: MEDIA_TYPE.manifest }
}

/** Of a repository in a registry, without the host. */
export function pathOf(repository: Repository): string {
  return repository.name.replace(/^[^/]*\//, '')
}

/** What came of each bundle, in words: `A counted`, in order. */
export function outcomes({ bundles }: Verification): string[] {
  return bundles.map(({ builder = '?', reason }) => `${builder} ${reason}`).sort()
}

/** The image that everybody attests. */
export function imageBytes(): Buffer {
  return Buffer.from(IMAGE)
}

export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A bundle with its JSON changed. */
export function edited(bundle: Buffer, edit: (json: BundleDocument) => void): Buffer {
  const json = JSON.parse(bundle.toString('utf8')) as BundleDocument
  edit(json)
  return Buffer.from(JSON.stringify(json))
}

/** As much of a bundle as tests change. */
export interface BundleDocument {
  mediaType: string
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] }
  verificationMaterial: {
    certificate?: { rawBytes: string }
    publicKey?: { hint: string }
    tlogEntries: {
      logIndex: string
      logId: { keyId: string }
      integratedTime?: string
      inclusionPromise?: object
      inclusionProof?: { logIndex: string; rootHash: string; treeSize: string; hashes?: string[] }
      canonicalizedBody: string
    }[]
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] }
  }
}

function mirrorClaims(): Record<string, unknown> {
  const workflow = 'octo-org/mirror/.github/workflows/seed.yml@refs/heads/main'
  return githubClaims({
    sub: 'repo:octo-org/mirror:ref:refs/heads/main',
    repository: 'octo-org/mirror',
    repository_id: '1296270',
    workflow_ref: workflow,
    job_workflow_ref: workflow
  })
}
