import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { SUMMARY_TYPE } from '../../../src/attest/verification-summary.ts'
import { verifyBundle, type ExpectedSigner } from '../../../src/attest/verify.ts'
import { readArtifact } from '../../../src/oci/artifact.ts'
import { openRepository } from '../../../src/oci/repository.ts'
import type { Digest, Repository } from '../../../src/oci/types.ts'
import { attachFiles } from '../../../src/seed/attach.ts'
import { listAttestations } from '../../../src/seed/attestations.ts'
import type { Signing } from '../../../src/seed/signing.ts'
import { attestVerification, type SummaryRequest } from '../../../src/seed/summary.ts'
import { VERSION } from '../../../src/version.ts'
import { BUNDLE_TYPE, putSubject } from '../../support/artifact.ts'
import { trustRoot } from '../../support/attestation.ts'
import { failureOf } from '../../support/failure.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { quietPorts, servicesOf } from '../../support/signing.ts'
import { githubClaims, useSigstore } from '../../support/sigstore.ts'
import { judged, passed } from '../../support/verification.ts'

const IDENTITY = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'
const sigstore = useSigstore()
let server: RegistryServer
let repository: Repository
let image: Digest
let folder = ''
beforeAll(async () => {
  server = await RegistryServer.start({ referrers: {} })
  folder = mkdtempSync(join(tmpdir(), 'summary-'))
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})
let count = 0
beforeEach(async () => {
  const backoff = { attempts: 2, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 }
  repository = openRepository(`${server.host}/org/seed-${count++}`, { env: { HOME: '/nonexistent' }, backoff })
  image = (await putSubject(repository, 'seed')).digest
})

const token = async (): Promise<string> => sigstore().issuer.token(githubClaims())
const keyless = (): Signing => ({ services: servicesOf(sigstore()), audience: 'sigstore', kind: 'keyless', token })

function attestIt(changes: Partial<SummaryRequest> = {}) {
  const files = join(folder, String(count))
  const request = { verification: passed(image), repository, signing: keyless(), files, ...changes }
  return attestVerification(request, quietPorts())
}

function verify(bytes: Uint8Array, signer: ExpectedSigner) {
  return verifyBundle(bytes, { signer, digest: image, predicateType: SUMMARY_TYPE }, trustRoot(sigstore()))
}

describe('a verification that passed', () => {
  test('is attested by the job that verified, on the image and on disk', async () => {
    const before = Date.now()
    const { file, bundle, verifier, predicateType } = await attestIt()
    expect({ verifier, predicateType }).toEqual({ verifier: IDENTITY, predicateType: SUMMARY_TYPE })
    const { bytes, mediaType } = await readArtifact(repository, bundle)
    expect(mediaType).toBe(BUNDLE_TYPE)
    expect(readFileSync(file).equals(bytes)).toBe(true)
    expect(await repository.referrers(image, BUNDLE_TYPE)).toMatchObject([
      { digest: bundle.digest, annotations: { 'dev.sigstore.bundle.predicateType': SUMMARY_TYPE } }
    ])

    const signer = { kind: 'certificate' as const, issuer: sigstore().issuer.issuer, identity: IDENTITY }
    const { statement } = verify(bytes, signer)
    const { name } = repository
    const [first, second] = passed(image).bundles
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name, digest: { sha256: image.slice('sha256:'.length) } }],
      predicateType: SUMMARY_TYPE,
      predicate: {
        verifier: { id: IDENTITY, version: { 'nix-seed': VERSION } },
        timeVerified: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        resourceUri: `oci://${name}`,
        policy: {
          uri: expect.stringMatching(/^ni:\/\/\/sha-256;[\w-]{43}$/),
          digest: { sha256: passed(image).policy.digest.slice('sha256:'.length) }
        },
        inputAttestations: [first, second].map(each => ({
          uri: `oci://${name}@${each?.sources[0]?.slice('referrer '.length)}`,
          digest: { sha256: each?.bundle.slice('sha256:'.length) }
        })),
        verificationResult: 'PASSED',
        verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED', 'NIX_SEED_QUORUM_2'],
        slsaVersion: '1.1'
      }
    })
    const { timeVerified } = statement.predicate as { timeVerified: string }
    expect(Date.parse(timeVerified)).toBeGreaterThanOrEqual(before)
    expect(await listAttestations(repository, image)).toMatchObject([
      { kind: 'attestation', predicateType: SUMMARY_TYPE, signer: { identity: IDENTITY } }
    ])
  })

  test('is attested with a key by whom its operator says', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const builderId = 'https://ci.example.org/verifier'
    const signing: Signing = { services: servicesOf(sigstore()), audience: '', kind: 'key', privateKey, builderId }
    const { bundle, verifier } = await attestIt({ signing, resource: 'https://example.org/seed' })
    expect(verifier).toBe(builderId)
    const { statement } = verify((await readArtifact(repository, bundle)).bytes, { kind: 'key', publicKey })
    expect(statement.predicate).toMatchObject({
      verifier: { id: builderId },
      resourceUri: 'https://example.org/seed'
    })
  })

  test('rests on the bundles that count, and tells nobody where they were on this machine', async () => {
    const gitlab = judged('gitlab', { sources: ['file /home/me/secret place/gitlab.json'] })
    const bundles = [
      judged('github', { sources: ['file /home/me/github.json', `referrer ${image}`] }),
      gitlab,
      judged('circleci', { verdict: 'not-counted', reason: 'spare' }),
      judged('other', { verdict: 'refused', reason: 'signer-unknown' })
    ]
    const policy = { ...passed(image).policy, source: '/home/me/policy.json' }
    const { file } = await attestIt({ verification: passed(image, { bundles, policy }) })
    const { dsseEnvelope } = JSON.parse(readFileSync(file, 'utf8')) as { dsseEnvelope: { payload: string } }
    const payload = Buffer.from(dsseEnvelope.payload, 'base64').toString()
    expect(payload).not.toContain('/home')
    expect((JSON.parse(payload) as { predicate: object }).predicate).toMatchObject({
      inputAttestations: [
        { uri: `oci://${repository.name}@${image}` },
        { digest: { sha256: gitlab.bundle.slice('sha256:'.length) } }
      ]
    })
  })

  test('stays on disk where it cannot be attached, and is attached from there', async () => {
    server.faults.push({ method: 'PUT', path: /\/manifests\//, status: 403 })
    const failure = await failureOf(attestIt())
    const files = join(folder, String(count))
    const [name = ''] = readdirSync(files)
    expect(name).toBe(`seed-${image.slice(7, 23)}.vsa.sigstore.json`)
    expect(failure).toMatchObject({
      code: 'REGISTRY_DENIED',
      message: expect.stringMatching(/^signed, and could not be attached/),
      hint: expect.stringContaining(`nix-seed attest ${repository.name}@${image} --bundle ${join(files, name)}`)
    })
    const { predicateType, bundle } = await attachFiles(repository, image, { bundle: join(files, name) })
    expect(predicateType).toBe(SUMMARY_TYPE)
    expect(await repository.referrers(image)).toMatchObject([{ digest: bundle.descriptor.digest }])
  })
})

describe('nothing is signed, logged or attached', () => {
  test.each([
    ['for one that did not pass', 'POLICY_UNMET', () => passed(image, { verified: false })],
    [
      'where fewer bundles count than the policy asks for',
      'POLICY_UNMET',
      () => passed(image, { bundles: [judged('github')] })
    ],
    ['for an image that is not there', 'NOT_FOUND', () => passed(`sha256:${'0'.repeat(64)}`)]
  ])('%s', async (_, code, verification) => {
    const before = sigstore().requests.filter(({ server }) => server !== 'issuer').length
    expect(await failureOf(attestIt({ verification: verification() }))).toMatchObject({ code })
    expect(sigstore().requests.filter(({ server }) => server !== 'issuer')).toHaveLength(before)
    expect(existsSync(join(folder, String(count)))).toBe(false)
    expect(await repository.referrers(image)).toEqual([])
  })
})
