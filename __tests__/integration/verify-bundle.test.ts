/** `nix-seed verify-bundle` beside cosign and sigstore-go: they agree wherever the others look at all. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { plainBuilder } from '../../src/attest/builder.ts'
import { provenance } from '../../src/attest/provenance.ts'
import { attest, COMMIT, DIGEST, IDENTITY } from '../support/attestation.ts'
import { buildFacts } from '../support/build-facts.ts'
import { requireLab, run, useTempFolder } from '../support/lab.ts'
import { makeBundle, type BundleJson } from '../support/sigstore-bundle.ts'
import { githubClaims, startSigstore, type LocalSigstore } from '../support/sigstore.ts'

requireLab()
// Many programs are started, and the machine may be busy.
jest.setTimeout(120_000)

const folder = useTempFolder()
const file = (name: string) => join(folder(), name)
const HEX = DIGEST.slice('sha256:'.length)
const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const HOUR_MS = 3_600_000

let sigstore: LocalSigstore
let other: LocalSigstore
beforeAll(async () => {
  sigstore = await startSigstore()
  other = await startSigstore()
  for (const [name, each] of Object.entries({ root: sigstore, other })) {
    mkdirSync(file(name))
    each.trustedRootFile(file(name))
  }
  writeFileSync(file('key.pub'), PAIR.publicKey.export({ type: 'spki', format: 'pem' }))
})
afterAll(async () => {
  await Promise.all([sigstore.close(), other.close()])
})

interface Wanted {
  bundle: string
  digest?: string
  identity?: string
  issuer?: string
  root?: 'root' | 'other'
  key?: string
}

/** The exit codes of all three. */
async function verdicts(wanted: Wanted): Promise<{ ours: number; cosign: number; sigstoreGo: number }> {
  const { bundle, digest = HEX, identity = IDENTITY, issuer = sigstore.issuer.issuer, key, root = 'root' } = wanted
  const trust = join(file(root), 'trusted-root.json')
  const who = key ? ['--key', file(key)] : ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer]
  const path = file(bundle)
  const [ours, cosign, sigstoreGo] = [
    await run([
      ...[process.execPath, '--disable-warning=ExperimentalWarning', 'src/cli.ts', 'verify-bundle'],
      ...['--bundle', path, '--trusted-root', trust, ...who, `sha256:${digest}`]
    ]),
    await run([
      ...['cosign', 'verify-blob-attestation', '--bundle', path, '--trusted-root', trust, '--type', 'slsaprovenance1'],
      ...['--digestAlg', 'sha256', '--digest', digest, ...who]
    ]),
    await run([
      ...['sigstore-go-verification', '-trustedrootJSONpath', trust, '-artifact-digest', digest],
      ...(key
        ? ['-publicKey', file(key), '-requireCTlog=false']
        : ['-expectedSAN', identity, '-expectedIssuer', issuer]),
      path
    ])
  ]
  return { ours: ours.code, cosign: cosign.code, sigstoreGo: sigstoreGo.code }
}

const save = (name: string, bundle: object) => {
  writeFileSync(file(name), JSON.stringify(bundle))
  return name
}

describe.each([1, 2] as const)('a bundle in a log of version %s', rekor => {
  test('is good to all three for its signer, digest and trust root, and for no others', async () => {
    const bundle = save(`good-${rekor}.json`, await attest(sigstore, { rekor }))
    expect(await verdicts({ bundle })).toEqual({ ours: 0, cosign: 0, sigstoreGo: 0 })
    const wrong: Partial<Wanted>[] = [
      { identity: `${IDENTITY}x` },
      { identity: IDENTITY.slice(0, -1) },
      { identity: IDENTITY.toUpperCase() },
      { issuer: `${sigstore.issuer.issuer}/evil` },
      { issuer: other.issuer.issuer },
      { digest: '0'.repeat(64) },
      { root: 'other' }
    ]
    for (const each of wrong) {
      expect({ ...each, ...(await verdicts({ bundle, ...each })) }).toEqual({
        ...each,
        ours: 4,
        cosign: 1,
        sigstoreGo: 1
      })
    }
  })

  test('by a key is good to all three with that key alone', async () => {
    const source = { uri: 'git+https://github.com/octo-org/project@refs/heads/main', commit: COMMIT }
    const statement = provenance(plainBuilder({ id: 'https://builds.example/1', source }), buildFacts())
    const bundle = save(`key-${rekor}.json`, await makeBundle(sigstore, { statement, key: PAIR, rekor }))
    expect(await verdicts({ bundle, key: 'key.pub' })).toEqual({ ours: 0, cosign: 0, sigstoreGo: 0 })
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    writeFileSync(file('stranger.pub'), stranger.export({ type: 'spki', format: 'pem' }))
    expect(await verdicts({ bundle, key: 'stranger.pub' })).toEqual({ ours: 4, cosign: 1, sigstoreGo: 1 })
  })
})

/** The bundle with other evidence. */
const mixed = (bundle: BundleJson, material: object): object => ({
  ...bundle,
  verificationMaterial: { ...bundle.verificationMaterial, ...material }
})

test.each([1, 2] as const)('what is tampered with is refused by all three (log version %s)', async rekor => {
  const one = await attest(sigstore, { rekor })
  const second = await attest(sigstore, { rekor, claims: githubClaims({ run_id: '43' }) })
  const { tlogEntries, timestampVerificationData } = second.verificationMaterial
  const cases: Record<string, object> = {
    payload: { ...one, dsseEnvelope: { ...one.dsseEnvelope, payload: Buffer.from('{}').toString('base64') } },
    envelope: { ...one, dsseEnvelope: second.dsseEnvelope },
    entry: mixed(one, { tlogEntries }),
    proof: mixed(one, {
      tlogEntries: one.verificationMaterial.tlogEntries.map((entry, i) => ({
        ...entry,
        inclusionProof: (tlogEntries[i] as { inclusionProof: object }).inclusionProof
      }))
    }),
    // The others do not look at a timestamp where a log has signed a time.
    ...(rekor === 2 && { timestamp: mixed(one, { timestampVerificationData }) })
  }
  for (const [name, bundle] of Object.entries(cases)) {
    const found = await verdicts({ bundle: save(`${name}.json`, bundle) })
    expect({ name, ...found }).toEqual({ name, ours: 4, cosign: 1, sigstoreGo: 1 })
  }
})

test('a certificate that was not valid when it was used is refused by all three', async () => {
  sigstore.fault('fulcio', { clockOffsetMs: -HOUR_MS })
  try {
    const bundle = save('expired.json', await attest(sigstore))
    expect(await verdicts({ bundle })).toEqual({ ours: 4, cosign: 1, sigstoreGo: 1 })
  } finally {
    sigstore.fault('fulcio')
  }
})

test('what the others do not look at is refused here', async () => {
  const [one, second] = [await attest(sigstore), await attest(sigstore, { claims: githubClaims({ run_id: '44' }) })]
  const { timestampVerificationData } = second.verificationMaterial
  const bundles = {
    timestamp: mixed(one, { timestampVerificationData }),
    'self-hosted': await attest(sigstore, { claims: githubClaims({ runner_environment: 'self-hosted' }) }),
    sandbox: await attest(sigstore, { facts: { nix: { ...buildFacts().nix, sandbox: 'false' } } }),
    subjects: await attest(sigstore, {
      change: statement => ({ ...statement, subject: [...statement.subject, ...statement.subject] })
    })
  }
  for (const [name, bundle] of Object.entries(bundles)) {
    const found = await verdicts({ bundle: save(`${name}.json`, bundle) })
    expect({ name, ...found }).toEqual({ name, ours: 4, cosign: 0, sigstoreGo: 0 })
  }
})
