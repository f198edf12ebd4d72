import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SeedError } from '../../../src/errors.ts'
import { blobId } from '../../../src/github/contents.ts'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { openRepository } from '../../../src/oci/repository.ts'
import { MEDIA_TYPE, type Digest, type Repository } from '../../../src/oci/types.ts'
import { findReusable, signatureOf, unsigned } from '../../../src/phases/signature.ts'
import type { Attestation } from '../../../src/seed/attest.ts'
import { lockKey } from '../../../src/seed/key.ts'
import { lockWith, pinBytes, pinned } from '../../support/lock.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { memoryPhase, type MemoryPhase } from '../../support/runner-memory.ts'

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const PREDICATE = 'dev.sigstore.bundle.predicateType'
const PROVENANCE = 'https://slsa.dev/provenance/v1'
const DEP = 'https://example.org/1.tar'
const LOCK_KEY = lockKey(parseFlakeLock(lockWith(DEP), 'flake.lock'))

let registry: RegistryServer
let host = ''
let repository: Repository
let made: MemoryPhase | undefined
beforeEach(async () => {
  registry = await RegistryServer.start()
  host = registry.host
  repository = openRepository(`${host}/octo/seed`, { env: {} })
})
afterEach(async () => {
  made?.remove()
  await repository.close()
  await registry.close()
})

/** An image in the registry. */
async function image(): Promise<Digest> {
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }
  return (await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index)).digest
}

const hang = (
  digest: Digest,
  predicateType: string,
  { artifactType = BUNDLE, created = '2026-01-01T00:00:00Z' } = {}
) =>
  repository.attach({ digest }, [
    {
      artifactType,
      mediaType: artifactType,
      bytes: Buffer.from('{}'),
      annotations: { [PREDICATE]: predicateType, 'org.opencontainers.image.created': created }
    }
  ])

const PINNED_REV = '3'.repeat(40)

interface Situation {
  isSigned?: boolean
  from?: Repository
  /** What the flake.lock of the checkout pins; what is recorded, by default. */
  pins?: string
  /** The lock key that the pin says that it is of. */
  madeFor?: string
}

/** What may be reused where the branch names `recorded`. */
async function reusable(recorded: string, situation: Situation = {}): ReturnType<typeof findReusable> {
  const { isSigned = true, from = repository, pins = recorded, madeFor = LOCK_KEY } = situation
  const pinBytesOf = (image: string, key: string): Buffer => pinBytes({ 'x86_64-linux': { ...pinned(key), image } })
  const target = {
    oid: '2'.repeat(40),
    committedDate: '2026-01-01T00:00:00Z',
    tree: { entries: [{ name: 'seed.json', mode: 0o100644, type: 'blob' }] }
  }
  const locked = pinBytesOf(pins, madeFor)
  made = memoryPhase({
    inputs: { image: { kind: 'registry', host, repository: 'octo/seed' } },
    forge: {
      graphql: async () => ({ repository: { ref: { target } } }),
      request: async (_, parameters) => {
        const bytes = parameters?.ref === PINNED_REV ? locked : pinBytesOf(recorded, LOCK_KEY)
        const { length: size } = bytes
        const file = { type: 'file', encoding: 'base64', content: bytes.toString('base64'), size, sha: blobId(bytes) }
        return { status: 200, headers: {}, data: file }
      }
    }
  })
  mkdirSync(made.phase.runner.job.workspace)
  const lock = lockWith(DEP, { rev: PINNED_REV, bytes: locked })
  writeFileSync(join(made.phase.runner.job.workspace, 'flake.lock'), lock)
  return findReusable(from, made.phase, isSigned)
}

describe('the image that an earlier run has recorded', () => {
  test('is reused where the checkout pins it and a provenance hangs on it', async () => {
    const digest = await image()
    const [attached] = await hang(digest, PROVENANCE)
    expect(await reusable(`${host}/octo/seed@${digest}`)).toEqual({
      digest,
      signature: { kind: 'earlier', attestation: attached!.descriptor.digest }
    })
  })

  test('is told by the newest of several', async () => {
    const digest = await image()
    const times = ['2026-01-02T00:00:00Z', '2026-03-01T00:00:00Z', '2026-02-01T00:00:00Z']
    const hung = []
    for (const created of times) hung.push(...(await hang(digest, PROVENANCE, { created })))
    expect(await reusable(`${host}/octo/seed@${digest}`)).toMatchObject({
      signature: { attestation: hung[1]!.descriptor.digest }
    })
  })

  // Whoever can write to the registry can hang the bytes `{}` on it, which say that they are a provenance.
  test.each<[string, (name: string) => Situation]>([
    ['pins another', () => ({ pins: `${host}/octo/seed@sha256:${'e'.repeat(64)}` })],
    ['pins the same digest elsewhere', name => ({ pins: name.replace('/seed@', '/other@') })],
    ['pins it for another lock', () => ({ madeFor: '0'.repeat(64) })]
  ])('is made anew where the checkout %s, whatever hangs on it', async (_, situation) => {
    const digest = await image()
    await hang(digest, PROVENANCE)
    const name = `${host}/octo/seed@${digest}`
    expect(await reusable(name, situation(name))).toBeUndefined()
    expect(made!.log.at(-1)).toContain('not reused')
  })

  test('is made anew where the checkout pins none', async () => {
    const digest = await image()
    await hang(digest, PROVENANCE)
    expect(await reusable(`${host}/octo/seed@${digest}`)).toBeDefined()
    const { workspace } = made!.phase.runner.job
    writeFileSync(join(workspace, 'flake.lock'), lockWith(DEP))
    expect(await findReusable(repository, made!.phase, true)).toBeUndefined()
    rmSync(join(workspace, 'flake.lock'))
    expect(await findReusable(repository, made!.phase, true)).toBeUndefined()
  })

  test('is made anew where nothing hangs on it, or something else does', async () => {
    const digest = await image()
    const name = `${host}/octo/seed@${digest}`
    expect(await reusable(name)).toBeUndefined()
    expect(made!.log).toEqual([expect.stringMatching(/^No provenance hangs on .*, so it is not reused$/)])
    made!.remove()
    await hang(digest, 'https://spdx.dev/Document')
    await hang(digest, PROVENANCE, { artifactType: 'application/vnd.example' })
    expect(await reusable(name)).toBeUndefined()
  })

  test('is reused unsigned where the workflow wants it so, pinned or not', async () => {
    const digest = await image()
    const pins = `${host}/octo/seed@sha256:${'e'.repeat(64)}`
    expect(await reusable(`${host}/octo/seed@${digest}`, { isSigned: false, pins })).toEqual({
      digest,
      signature: { kind: 'none' }
    })
  })

  test('is made anew where its registry does not say what hangs on it', async () => {
    const digest = await image()
    const failing: Repository = Object.create(repository)
    failing.referrers = () => Promise.reject(new SeedError('REGISTRY_FAILED', 'the registry answered 500'))
    expect(await reusable(`${host}/octo/seed@${digest}`, { from: failing })).toBeUndefined()
    expect(made!.log.at(-1)).toContain('It is not known whether')
  })

  test('is not asked for elsewhere', async () => {
    expect(await reusable(`registry.invalid/octo/seed@sha256:${'a'.repeat(64)}`)).toBeUndefined()
    expect(made!.log).toEqual([])
  })
})

describe('a failure to sign', () => {
  const reference = `ghcr.io/octo/seed@sha256:${'a'.repeat(64)}`

  test('says what is published, that it is unsigned, and what to do', () => {
    const cause = new SeedError('SIGSTORE_FAILED', 'the log answered 500', {
      resource: 'https://rekor.example.org',
      hint: 'Try again.'
    })
    expect(unsigned(cause, reference)).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: `${reference} is published but unsigned: the log answered 500`,
      resource: 'https://rekor.example.org',
      hint: expect.stringMatching(/^Try again\.\nNo tag, no pin and no pull request leads to it\. .*"sign: false"\.$/),
      cause
    })
  })

  test('that is a defect stays one', () => {
    const defect = new TypeError('x is undefined')
    expect(unsigned(defect, reference)).toBe(defect)
  })
})

test('what is known of a signature is what later phases need of it, and no more', () => {
  const descriptor = { mediaType: MEDIA_TYPE.manifest, digest: `sha256:${'b'.repeat(64)}` as const, size: 1 }
  const attestation: Attestation = {
    predicateType: PROVENANCE,
    builderId: 'https://example.org/builders/ci',
    logIndex: '7',
    bundle: descriptor,
    bill: descriptor,
    files: { bundle: '/b', bill: '/s' },
    milliseconds: { facts: 1, identity: 1, sign: 1, attach: 1, total: 4 }
  }
  expect(signatureOf(attestation)).toEqual({
    kind: 'signed',
    attestation: descriptor.digest,
    builderId: 'https://example.org/builders/ci',
    logIndex: '7',
    bundle: '/b',
    sbom: '/s'
  })
})
