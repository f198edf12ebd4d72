/** Signed seeds in real registries, and what independent verifiers say of them. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { commit } from '../../lab/example.ts'
import type { Attestation } from '../../src/seed/attest.ts'
import { output, requireLab, run, useService } from '../support/lab.ts'
import { nixSeed, nixSeedJson } from '../support/project.ts'
import { RegistryServer } from '../support/registry-server.ts'
import { as, IDENTITY, useSignedSeeds, type Signed } from '../support/signed-seeds.ts'

const PROVENANCE = 'https://slsa.dev/provenance/v1'
const BUILDER = 'https://ci.example.org/seed'
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const BILL = 'application/vnd.cyclonedx+json'

jest.setTimeout(300_000)
requireLab()
const seeds = useSignedSeeds()
const { folder, issuer, project, beAtHead, bundles, options, publishing, publish, attest, list, cosign, sigstoreGo } =
  seeds
const registry = useService('registry')
const crane = useService('crane-registry')
let listing: RegistryServer
beforeAll(async () => {
  listing = await RegistryServer.start({ referrers: {} })
})
afterAll(() => listing.close())
/** The latest that was published. */
let seed: Signed

describe.each([
  // No registry of the lab does: this one is the tests' own.
  ['that lists referrers itself', () => listing.host],
  ['of Google’s tools, that needs the fallback tag', () => crane().address],
  ['of Docker’s, that needs it too', () => registry().address]
])('a signed seed in a registry %s', (_, host) => {
  /** The image without any statement about it, as another digest. */
  let unsigned = ''

  test('says who signed it, and where that is logged', async () => {
    const to = `${host()}/org/repo/seed`
    seed = await publish(to, '--tag', 'newest')
    expect(seed.reference).toBe(`${to}@${seed.digest}`)
    expect(seed.attestation).toMatchObject({
      predicateType: PROVENANCE,
      builderId: IDENTITY,
      identity: IDENTITY,
      issuer: issuer(),
      logIndex: expect.stringMatching(/^\d+$/),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      bundle: { artifactType: BUNDLE },
      bill: { artifactType: BILL }
    })
    expect(await output(['crane', 'digest', '--insecure', `${to}:newest`])).toBe(seed.digest)
    for (const file of Object.values(seed.attestation.files)) expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(readdirSync(bundles()).map(name => name.replace(/^seed-[0-9a-f]{16}/, ''))).toEqual([
      '.cdx.json',
      '.sigstore.json'
    ])
  })

  test('is accepted by cosign, and refused for another identity, issuer or digest', async () => {
    const accepted = await cosign(seed.reference, ...as(IDENTITY, issuer()))
    expect(accepted).toMatchObject({ code: 0 })
    const statement = JSON.parse(Buffer.from(JSON.parse(accepted.stdout).payload, 'base64').toString())
    expect(statement.subject).toEqual([{ name: `${host()}/org/repo/seed`, digest: { sha256: seed.digest.slice(7) } }])
    expect(await cosign(seed.reference, ...as(`${IDENTITY}x`, issuer()))).toMatchObject({ code: 1 })
    expect(await cosign(seed.reference, ...as(IDENTITY, `${issuer()}/evil`))).toMatchObject({ code: 1 })

    // Another image in the same repository, to which the same bundle is attached by hand.
    const index = JSON.parse(await output(['oras', 'manifest', 'fetch', '--plain-http', seed.reference]))
    const file = join(folder(), 'other-index.json')
    writeFileSync(file, JSON.stringify({ ...index, annotations: { ...index.annotations, other: 'image' } }))
    const name = `${host()}/org/repo/seed`
    await output(['oras', 'manifest', 'push', '--plain-http', `${name}:other`, file])
    unsigned = `${name}@${await output(['crane', 'digest', '--insecure', `${name}:other`])}`
    expect(await cosign(unsigned, ...as(IDENTITY, issuer()))).toMatchObject({ code: 1 })
    const { bundle } = seed.attestation.files
    const attach = ['oras', 'attach', '--plain-http', '--artifact-type', BUNDLE]
    const annotations = [
      '-a',
      'dev.sigstore.bundle.content=dsse-envelope',
      '-a',
      `dev.sigstore.bundle.predicateType=${PROVENANCE}`
    ]
    await output([...attach, ...annotations, unsigned, `${basename(bundle)}:${BUNDLE}`], { cwd: bundles() })
    expect(await cosign(unsigned, ...as(IDENTITY, issuer()))).toMatchObject({ code: 1 })
    // What cannot verify is listed, and said to be about something else.
    expect(await list(unsigned)).toMatchObject([
      { kind: 'provenance', problem: expect.stringContaining('another image') }
    ])
  })

  test('has a bundle file that sigstore-go accepts, and refuses for another identity, issuer or digest', async () => {
    const { bundle } = seed.attestation.files
    expect(await sigstoreGo(bundle, seed.digest, IDENTITY, issuer())).toMatchObject({ code: 0 })
    expect((await sigstoreGo(bundle, seed.digest, `${IDENTITY}x`, issuer())).code).not.toBe(0)
    expect((await sigstoreGo(bundle, seed.digest, IDENTITY, `${issuer()}/evil`)).code).not.toBe(0)
    expect((await sigstoreGo(bundle, `sha256:${'0'.repeat(64)}`, IDENTITY, issuer())).code).not.toBe(0)
  })

  test('shows both of its attachments to oras, with the bytes that are on disk', async () => {
    const discovered = JSON.parse(
      await output(['oras', 'discover', '--plain-http', '--format', 'json', '--depth', '1', seed.reference])
    ) as { referrers?: Referrer[]; manifests?: Referrer[] }
    const found = discovered.referrers ?? discovered.manifests ?? []
    expect(found.map(each => each.artifactType).sort()).toEqual([BILL, BUNDLE])
    const { bundle, bill, files } = seed.attestation
    for (const [descriptor, file] of [[bundle, files.bundle] as const, [bill, files.bill] as const]) {
      const reference = `${host()}/org/repo/seed@${descriptor.digest}`
      const manifest = JSON.parse(await output(['oras', 'manifest', 'fetch', '--plain-http', reference]))
      expect(manifest.subject.digest).toBe(seed.digest)
      const blob = `${host()}/org/repo/seed@${manifest.layers[0].digest}`
      const fetched = await run(['oras', 'blob', 'fetch', '--plain-http', '--output', '-', blob])
      expect(fetched.stdout).toBe(readFileSync(file, 'utf8'))
    }
  })

  test('states what can be said of its build', () => {
    const { dsseEnvelope } = JSON.parse(readFileSync(seed.attestation.files.bundle, 'utf8'))
    const { predicate } = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString())
    const { resolvedDependencies } = predicate.buildDefinition
    const lock = readFileSync(join(project().folder, 'flake.lock'), 'utf8')
    const { nodes } = JSON.parse(lock)
    const text = JSON.stringify(resolvedDependencies)
    expect(text).toContain(nodes.nixpkgs.locked.narHash)
    expect(text).toContain(seed.built?.derivation)
    expect(predicate.runDetails.builder).toMatchObject({
      id: IDENTITY,
      version: { zstd: expect.stringMatching(/^1\./) }
    })
    expect(JSON.stringify(predicate.buildDefinition.internalParameters)).toMatch(/sandbox/)
    const { startedOn, finishedOn } = predicate.runDetails.metadata
    expect(Date.parse(finishedOn) - Date.parse(startedOn)).toBeGreaterThan(0)
    const bill = JSON.parse(readFileSync(seed.attestation.files.bill, 'utf8'))
    expect(bill.components.length).toBeGreaterThanOrEqual(seed.paths - 1)
  })

  test('is attested again by another step of the job, and both stay listed', async () => {
    const before = await list(seed.reference)
    expect(before.map(({ kind }) => kind).sort()).toEqual(['bill of materials', 'provenance'])
    expect(await attest(seed.reference)).toMatchObject({ code: 0, stdout: `${seed.reference}\n` })
    const listed = await list(seed.reference)
    expect(listed.filter(({ kind }) => kind === 'provenance')).toHaveLength(2)
    expect(listed.filter(({ kind }) => kind === 'bill of materials')).toEqual(
      before.filter(({ kind }) => kind === 'bill of materials')
    )
    for (const each of listed.filter(({ kind }) => kind === 'provenance')) {
      expect(each).toMatchObject({
        predicateType: PROVENANCE,
        artifactType: BUNDLE,
        signer: { kind: 'certificate', identity: IDENTITY, issuer: issuer() },
        logIndex: expect.stringMatching(/^\d+$/),
        time: expect.stringMatching(/Z$/)
      })
      expect(each.problem).toBeUndefined()
    }
    expect(await cosign(seed.reference, ...as(IDENTITY, issuer()))).toMatchObject({ code: 0 })
  })

  test('takes a bundle that was signed before any number of times', async () => {
    const before = await list(seed.reference)
    for (let i = 0; i < 2; i++) {
      const again = await nixSeed(['attest', seed.reference, '--bundle', seed.attestation.files.bundle])
      expect(again).toMatchObject({ code: 0, stdout: `${seed.reference}\n` })
      expect(again.stderr).toContain('was attached already')
    }
    expect(await list(seed.reference)).toEqual(before)
  })

  test('lists junk as junk', async () => {
    writeFileSync(join(folder(), 'junk'), 'not a bundle \x1b[31m')
    const attach = ['oras', 'attach', '--plain-http', '--artifact-type']
    await output([...attach, BUNDLE, unsigned, `junk:${BUNDLE}`], { cwd: folder() })
    await output([...attach, 'application/vnd.example', unsigned, 'junk:text/plain'], { cwd: folder() })
    const kinds = (await list(unsigned)).map(({ kind }) => kind).sort()
    expect(kinds).toEqual(['other', 'provenance', 'unreadable'])
    const shown = await nixSeed(['attestations', unsigned])
    expect(shown.stdout).toMatch(/^3 attached to .*\nNothing of this is verified/)
    expect(shown.stdout).not.toContain('\x1b')
  })
})

interface Referrer {
  artifactType: string
}

describe('what is not this job’s own seed', () => {
  test('is not attested by a tag; the digest to use is named', async () => {
    const { code, stdout, stderr } = await attest(`${registry().address}/org/repo/seed:newest`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(seed.reference)
  })

  test('is not attested if its lock or its derivation is another', async () => {
    const before = await list(seed.reference)
    const clone = join(folder(), 'clone')
    await output(['git', 'clone', '--quiet', project().folder, clone])
    const flake = readFileSync(join(clone, 'flake.nix'), 'utf8')
    const changed = flake.replace('mkSeed { inherit pkgs self; }', 'mkSeed { inherit pkgs self; name = "other"; }')
    expect(changed).not.toBe(flake)
    writeFileSync(join(clone, 'flake.nix'), changed)
    commit(clone, 'Name the seed')
    await beAtHead(clone)
    const other = await attest(seed.reference, clone)
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('not built from the derivation')

    const lock = JSON.parse(readFileSync(join(clone, 'flake.lock'), 'utf8'))
    lock.nodes.nixpkgs.original.narHash = lock.nodes.nixpkgs.locked.narHash
    writeFileSync(join(clone, 'flake.lock'), JSON.stringify(lock))
    writeFileSync(
      join(clone, 'flake.nix'),
      flake.replace(
        /(inputs\.nixpkgs\.url|nixpkgs\.url) = "([^"]*)"/,
        (_, name: string, url: string) =>
          `${name} = "${url}?narHash=${encodeURIComponent(lock.nodes.nixpkgs.locked.narHash)}"`
      )
    )
    commit(clone, 'Lock otherwise')
    await beAtHead(clone)
    const stale = await attest(seed.reference, clone)
    expect(stale).toMatchObject({ code: 2, stdout: '' })
    expect(stale.stderr).toMatch(/of another lock/)
    await beAtHead()
    expect(await list(seed.reference)).toEqual(before)
  })

  test('is not given the bundle of another image', async () => {
    const other = await nixSeed([
      'attest',
      `${registry().address}/org/repo/seed@sha256:${'0'.repeat(64)}`,
      '--bundle',
      seed.attestation.files.bundle
    ])
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('another image')
  })

  test('is built anew, whatever image the registry has for the lock', async () => {
    const again = await publish(`${registry().address}/org/repo/seed`)
    expect(again).toMatchObject({ reused: false, digest: seed.digest })
  })
})

describe('without an accepted identity', () => {
  const keys = (): { privateKey: string; publicKey: string } => ({
    privateKey: join(folder(), 'key.pem'),
    publicKey: join(folder(), 'key.pub')
  })
  beforeAll(() => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(keys().privateKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    writeFileSync(keys().publicKey, publicKey.export({ type: 'spki', format: 'pem' }))
  })

  test('a key signs, and so does a program', async () => {
    const noIdentity = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined, ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }
    const { privateKey, publicKey } = keys()
    const env = { ...noIdentity, SEED_KEY: readFileSync(privateKey, 'utf8') }
    const common = ['--builder-id', BUILDER, '--bundle-dir', bundles()]
    const byKey = ['attest', seed.reference, '--key', 'env:SEED_KEY', ...common]
    const attestation = await nixSeedJson<Attestation>(byKey, options(env))
    expect(attestation).toMatchObject({ builderId: BUILDER, logIndex: expect.any(String) })
    expect(attestation.identity).toBeUndefined()
    expect(await cosign(seed.reference, '--key', publicKey)).toMatchObject({ code: 0 })
    const environment = join(folder(), 'environment')
    const program = [
      '--sign-command',
      `env > ${environment}; openssl pkeyutl -sign -inkey ${privateKey}`,
      '--public-key',
      publicKey
    ]
    const byProgram = await nixSeed(['attest', seed.reference, ...program, ...common], options())
    expect(byProgram).toMatchObject({ code: 0, stdout: `${seed.reference}\n` })
    expect(readFileSync(environment, 'utf8')).toContain('SIGSTORE_FULCIO_URL')
    expect(readFileSync(environment, 'utf8')).not.toContain('ACTIONS_ID_TOKEN')
    const listed = await list(seed.reference)
    expect(listed.filter(({ signer }) => signer?.kind === 'key')).toHaveLength(2)
    expect(await cosign(seed.reference, '--key', publicKey)).toMatchObject({ code: 0 })
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const otherFile = join(folder(), 'other.pub')
    writeFileSync(otherFile, other.export({ type: 'spki', format: 'pem' }))
    expect(await cosign(seed.reference, '--key', otherFile)).toMatchObject({ code: 1 })
  })

  test('nor a key, nothing is built, and what to add is said', async () => {
    const layout = join(folder(), 'never')
    const { code, stderr } = await nixSeed(
      publishing(`oci:${layout}`),
      options({
        ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined,
        GITHUB_ACTIONS: 'true'
      })
    )
    expect(code).toBe(1)
    expect(stderr).toContain('id-token: write')
    expect(existsSync(layout)).toBe(false)
  })
})
