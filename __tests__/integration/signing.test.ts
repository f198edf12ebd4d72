/** What independent verifiers make of the bundles of this program: every kind of them, and each with something wrong. */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { signStatement, type SigningMeans } from '../../src/attest/sign.ts'
import type { SigstoreServices } from '../../src/attest/services.ts'
import { requireLab, run, useTempFolder } from '../support/lab.ts'
import { ecdsaKeys, identityOf, quietPorts, servicesOf, STATEMENT, SUBJECT } from '../support/signing.ts'
import { startSigstore, useSigstore } from '../support/sigstore.ts'

requireLab()
const folder = useTempFolder()
const sigstore = useSigstore()
const IDENTITY = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'
const OTHER = 'ab'.repeat(32)

type Means = { means: SigningMeans; publicKey?: string }
/** What a verifier is told to expect. */
interface Expected {
  identity?: string
  issuer?: string
  publicKey?: string
  digest?: string
  root?: string
}

let root = ''
let otherRoot = ''
beforeAll(async () => {
  root = sigstore().trustedRootFile(folder())
  const other = await startSigstore()
  await other.close()
  otherRoot = join(folder(), 'other-root.json')
  writeFileSync(
    otherRoot,
    JSON.stringify((await import('@sigstore/protobuf-specs')).TrustedRoot.toJSON(other.trustedRoot))
  )
})

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder(), name)
  writeFileSync(path, content)
  return path
}

async function keyless(): Promise<Means> {
  return { means: { kind: 'keyless', identity: await identityOf(sigstore()) } }
}

type Keys = ReturnType<typeof ecdsaKeys>
const withKey = (name: string, generate: () => Keys) => async (): Promise<Means> => {
  const { privateKey, publicKey } = generate()
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return { means: { kind: 'key', privateKey }, publicKey: file(`${name}.pub`, pem) }
}

async function withCommand(): Promise<Means> {
  const { privateKey, publicKey } = ecdsaKeys()
  const key = file('command.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const command = `openssl pkeyutl -sign -inkey ${key} -pkeyopt digest:sha256 | base64`
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return { means: { kind: 'command', command, publicKey }, publicKey: file('command.pub', pem) }
}

function cosign(bundle: string, { identity, issuer, publicKey, digest = SUBJECT, root: trust = root }: Expected) {
  const who = publicKey
    ? ['--key', publicKey]
    : ['--certificate-identity', identity ?? '', '--certificate-oidc-issuer', issuer ?? '']
  const what = ['--type', 'slsaprovenance1', '--digestAlg', 'sha256', '--digest', digest]
  return ['cosign', 'verify-blob-attestation', '--bundle', bundle, '--trusted-root', trust, ...what, ...who]
}

function sigstoreGo(bundle: string, { identity, issuer, publicKey, digest = SUBJECT, root: trust = root }: Expected) {
  const who = publicKey
    ? ['-publicKey', publicKey, '-requireCTlog=false']
    : ['-expectedSAN', identity ?? '', '-expectedIssuer', issuer ?? '']
  return ['sigstore-go-verification', '-trustedrootJSONpath', trust, '-artifact-digest', digest, ...who, bundle]
}

const cosignUnlogged: typeof cosign = (...args) => [...cosign(...args), '--insecure-ignore-tlog']

const BOTH = { cosign, 'sigstore-go': sigstoreGo }
const COSIGN = { cosign }
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })

/** sigstore-go's program takes no keys but ECDSA, and wants a log. */
describe.each<[string, () => Promise<Means>, Partial<SigstoreServices>, typeof BOTH | typeof COSIGN]>([
  ['by an identity, with log and timestamp', keyless, {}, BOTH],
  ['by an identity, with a log alone', keyless, { timestampUrl: undefined }, BOTH],
  ['by an identity, with a timestamp alone', keyless, { rekorUrl: undefined }, { cosign: cosignUnlogged }],
  ['by an identity, with a log of version 2', keyless, { rekorVersion: 2 }, BOTH],
  ['by a key on P-256', withKey('p256', ecdsaKeys), {}, BOTH],
  ['by a key on P-256, with a log of version 2', withKey('p256-2', ecdsaKeys), { rekorVersion: 2 }, BOTH],
  ['by a key on P-384', withKey('p384', () => ecdsaKeys('P-384')), {}, BOTH],
  ['by a key on P-521', withKey('p521', () => ecdsaKeys('P-521')), {}, BOTH],
  ['by an RSA key', withKey('rsa', rsa), {}, COSIGN],
  ['by an RSA key, with a log of version 2', withKey('rsa-2', rsa), { rekorVersion: 2 }, COSIGN],
  ['by a key on Ed25519', withKey('ed25519', () => generateKeyPairSync('ed25519')), {}, COSIGN],
  ['by a command', withCommand, {}, BOTH],
  ['by a command, with a log of version 2', withCommand, { rekorVersion: 2 }, BOTH]
])('a bundle %s', (name, make, changes, verifiers) => {
  let bundle = ''
  let expected: Expected
  beforeAll(async () => {
    const { means, publicKey } = await make()
    const ports = quietPorts({ env: { PATH: process.env.PATH } })
    const { json } = await signStatement(STATEMENT, means, servicesOf(sigstore(), changes), ports)
    bundle = file(`${name.replace(/\W+/g, '-')}.json`, json)
    expected = publicKey ? { publicKey } : { identity: IDENTITY, issuer: sigstore().issuer.issuer }
  })

  test.each(Object.entries(verifiers))('is good to %s, and nothing else than what it is', async (_who, command) => {
    expect(await run(command(bundle, expected))).toMatchObject({ code: 0 })
    const wrong: Expected[] = [
      { ...expected, digest: OTHER },
      { ...expected, root: otherRoot },
      ...(expected.publicKey
        ? [{ publicKey: file('wrong.pub', ecdsaKeys().publicKey.export({ type: 'spki', format: 'pem' })) }]
        : [
            { ...expected, identity: `${IDENTITY}x` },
            { ...expected, issuer: 'https://other.example' }
          ])
    ]
    for (const each of wrong) expect(await run(command(bundle, each))).toMatchObject({ code: 1 })
  })
})
