/** What others' programs make of the local Sigstore: verifiers of its bundles, and clients of its servers. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { logOf, output, requireLab, run, useTempFolder, withService } from '../support/lab.ts'
import { githubClaims, startSigstore } from '../support/sigstore.ts'
import type { LocalSigstore } from '../support/sigstore.ts'
import { makeBundle } from '../support/sigstore-bundle.ts'

requireLab()

const folder = useTempFolder()
const file = (name: string) => join(folder(), name)
const write = (name: string, content: string | Buffer) => {
  writeFileSync(file(name), content)
  return file(name)
}

const DIGEST = createHash('sha256').update('a seed').digest('hex')
const OTHER_DIGEST = createHash('sha256').update('another seed').digest('hex')
const PREDICATE = {
  buildDefinition: { buildType: 'https://octo-org.example/build', externalParameters: {} },
  runDetails: { builder: { id: 'https://octo-org.example/builder' } }
}
const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'octo-org.example/seed', digest: { sha256: DIGEST } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: PREDICATE
}
const IDENTITY = `https://github.com/${String(githubClaims().job_workflow_ref)}`

let sigstore: LocalSigstore
let root: string
beforeAll(async () => {
  sigstore = await startSigstore()
  root = sigstore.trustedRootFile(folder())
})
afterAll(() => sigstore.close())

interface Wanted {
  digest?: string
  identity?: string
  issuer?: string
}

function cosign(bundle: string, who: string[], digest: string): string[] {
  const trust = ['--bundle', bundle, '--trusted-root', root, '--type', 'slsaprovenance1']
  return ['cosign', 'verify-blob-attestation', ...trust, ...who, '--digestAlg', 'sha256', '--digest', digest]
}

function cosignKeyless(bundle: string, wanted: Wanted = {}): string[] {
  const { identity = IDENTITY, issuer = sigstore.issuer.issuer, digest = DIGEST } = wanted
  return cosign(bundle, ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer], digest)
}

function sigstoreGo(bundle: string, who: string[], digest: string): string[] {
  return ['sigstore-go-verification', '-trustedrootJSONpath', root, ...who, '-artifact-digest', digest, bundle]
}

function sigstoreGoKeyless(bundle: string, wanted: Wanted = {}): string[] {
  const { identity = IDENTITY, issuer = sigstore.issuer.issuer, digest = DIGEST } = wanted
  return sigstoreGo(bundle, ['-expectedSAN', identity, '-expectedIssuer', issuer], digest)
}

const VERIFIERS = [
  { verifier: 'cosign', keyless: cosignKeyless },
  { verifier: 'sigstore-go', keyless: sigstoreGoKeyless }
]

describe.each([{ rekor: 1 as const }, { rekor: 2 as const }])('a bundle logged in version $rekor', ({ rekor }) => {
  const bundle = () => file(`keyless-${rekor}.json`)
  beforeAll(async () => {
    const made = await makeBundle(sigstore, { statement: STATEMENT, claims: githubClaims(), rekor })
    write(`keyless-${rekor}.json`, JSON.stringify(made))
  })

  describe.each(VERIFIERS)('is, to $verifier,', ({ keyless }) => {
    test('good for its identity, issuer and digest', async () => {
      expect(await run(keyless(bundle()))).toMatchObject({ code: 0 })
    })

    test.each([
      { what: 'another identity', wanted: { identity: `${IDENTITY}x` }, says: 'expected SAN value' },
      { what: 'another issuer', wanted: { issuer: 'http://127.0.0.1' }, says: 'expected issuer value' },
      { what: 'another digest', wanted: { digest: OTHER_DIGEST }, says: 'does not match any digest in statement' }
    ])('not good for $what', async ({ wanted, says }) => {
      const { code, stderr } = await run(keyless(bundle(), wanted))
      expect(code).toBe(1)
      expect(stderr).toContain(says)
    })
  })

  test('is refused with the trusted root of another Sigstore', async () => {
    const other = await startSigstore()
    await other.close()
    const foreign = other.trustedRootFile(mkdtempSync(file('other-')))
    for (const { keyless } of VERIFIERS) {
      const command = keyless(bundle()).map(word => (word === root ? foreign : word))
      expect(await run(command)).toMatchObject({ code: 1 })
    }
  })

  test('is good by a key, and not by another key', async () => {
    const [key, other] = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
    ]
    const [right, wrong] = [key, other].map(({ publicKey }, index) =>
      write(`key-${index}.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
    ) as [string, string]
    const signed = write('key.json', JSON.stringify(await makeBundle(sigstore, { statement: STATEMENT, key, rekor })))
    const commands = (pem: string, digest: string) => [
      cosign(signed, ['--key', pem], digest),
      sigstoreGo(signed, ['-publicKey', pem, '-requireCTlog=false'], digest)
    ]
    for (const command of commands(right, DIGEST)) expect(await run(command)).toMatchObject({ code: 0 })
    for (const command of [...commands(wrong, DIGEST), ...commands(right, OTHER_DIGEST)]) {
      expect(await run(command)).toMatchObject({ code: 1 })
    }
  })

  test('can be made by cosign', async () => {
    const blob = write('blob', 'a seed')
    const config = write(`signing-config-${rekor}.json`, JSON.stringify(signingConfig(rekor)))
    const made = file(`cosign-${rekor}.json`)
    const services = ['--signing-config', config, '--trusted-root', root, '--bundle', made]
    const what = ['--type', 'slsaprovenance1', '--predicate', write('predicate.json', JSON.stringify(PREDICATE)), blob]
    const token = ['--identity-token', write('token', sigstore.issuer.token(githubClaims()))]
    await output(['cosign', 'attest-blob', '--yes', ...services, ...token, ...what])
    expect(await run(cosignKeyless(made))).toMatchObject({ code: 0 })
    expect(await run(sigstoreGoKeyless(made))).toMatchObject({ code: 0 })
  })
})

/** Where clients find the servers. https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto */
function signingConfig(rekor: 1 | 2): object {
  const service = (url: string, majorApiVersion: number) => [
    { url, majorApiVersion, validFor: { start: '2020-01-01T00:00:00Z' }, operator: 'lab' }
  ]
  return {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: service(sigstore.fulcioUrl, 1),
    rekorTlogUrls: service(rekor === 1 ? sigstore.rekorUrl : sigstore.rekorV2Url, rekor),
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: service(`${sigstore.timestampUrl}/api/v1/timestamp`, 1),
    tsaConfig: { selector: 'ANY' }
  }
}

describe('the log, to rekor-cli,', () => {
  const cli = (...args: string[]) =>
    run(['rekor-cli', '--rekor_server', sigstore.rekorUrl, ...args], { env: { HOME: folder() } })

  test('has entries that are found by digest and by the hash of their envelope', async () => {
    const digest = createHash('sha256').update('searched').digest('hex')
    const statement = { ...STATEMENT, subject: [{ name: 'seed', digest: { sha256: digest } }] }
    const made = await makeBundle(sigstore, { statement, claims: githubClaims() })
    const [entry] = made.verificationMaterial.tlogEntries as [{ canonicalizedBody: string; logIndex: string }]
    const { spec } = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString())
    const found = await cli('search', '--sha', digest)
    expect(found).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{80}\n$/) })
    for (const hash of [spec.envelopeHash.value, spec.payloadHash.value] as string[]) {
      expect((await cli('search', '--sha', hash)).stdout).toBe(found.stdout)
    }
    expect(await cli('search', '--sha', createHash('sha256').update('nobody').digest('hex'))).toMatchObject({ code: 1 })
    const got = await cli('get', '--log-index', entry.logIndex)
    expect(got.stdout).toContain(`UUID: ${found.stdout.trim()}`)
  })

  test('takes an envelope once, proves it, and only grows', async () => {
    const before = await cli('loginfo')
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const made = await makeBundle(sigstore, { statement: STATEMENT, key: { publicKey, privateKey }, rekor: 2 })
    const envelope = write('envelope.json', JSON.stringify(made.dsseEnvelope))
    const key = write('envelope.pub', publicKey.export({ type: 'spki', format: 'pem' }))
    const what = ['--type', 'dsse', '--artifact', envelope, '--public-key', key, '--pki-format', 'x509']
    expect((await cli('upload', ...what)).stdout).toContain('Created entry at index')
    expect((await cli('upload', ...what)).stdout).toContain('Entry already exists')
    expect((await cli('verify', ...what)).stdout).toContain('Computed Root Hash')
    for (const information of [before, await cli('loginfo')]) {
      expect(information).toMatchObject({ code: 0, stdout: expect.stringContaining('Verification Successful!') })
    }
  })
})

describe('timestamps, to openssl,', () => {
  const verify = (...args: string[]) =>
    run(['openssl', 'ts', '-verify', ...args, '-CAfile', file('tsa-root.pem'), '-untrusted', file('tsa.pem')])
  beforeAll(async () => {
    const chain = await (await fetch(`${sigstore.timestampUrl}/api/v1/timestamp/certchain`)).text()
    const [own = '', issuer = ''] = chain.split(/(?=-----BEGIN)/)
    write('tsa.pem', own)
    write('tsa-root.pem', issuer)
  })

  test('are of what was signed', async () => {
    const made = await makeBundle(sigstore, { statement: STATEMENT, claims: githubClaims() })
    const { rfc3161Timestamps } = made.verificationMaterial.timestampVerificationData as {
      rfc3161Timestamps: [{ signedTimestamp: string }]
    }
    const { signatures } = made.dsseEnvelope as { signatures: [{ sig: string }] }
    const stamp = write('bundle.tsr', Buffer.from(rfc3161Timestamps[0].signedTimestamp, 'base64'))
    const signature = write('signature', Buffer.from(signatures[0].sig, 'base64'))
    expect(await verify('-data', signature, '-in', stamp)).toMatchObject({ code: 0 })
    expect(await verify('-data', write('other', 'other'), '-in', stamp)).toMatchObject({ code: 1 })
  })

  test('are answers to its own requests', async () => {
    const [data, query] = [write('data', 'data'), file('query.tsq')]
    await output(['openssl', 'ts', '-query', '-data', data, '-sha512', '-cert', '-out', query])
    const answer = await fetch(`${sigstore.timestampUrl}/api/v1/timestamp`, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: readFileSync(query)
    })
    const reply = write('reply.tsr', Buffer.from(await answer.arrayBuffer()))
    expect(await verify('-queryfile', query, '-in', reply)).toMatchObject({ code: 0 })
  })
})

test('is started by name, and gives out tokens as a job of GitHub Actions gets them', async () => {
  await withService('sigstore', async service => {
    const { variables } = service
    expect(Object.keys(variables)).toEqual([
      'SIGSTORE_FULCIO_URL',
      'SIGSTORE_REKOR_URL',
      'SIGSTORE_REKOR_V2_URL',
      'SIGSTORE_TIMESTAMP_URL',
      'SIGSTORE_TRUSTED_ROOT',
      'SIGSTORE_ISSUER',
      'ACTIONS_ID_TOKEN_REQUEST_URL',
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN'
    ])
    const answer = await fetch(`${variables.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=sigstore`, {
      headers: { authorization: `Bearer ${variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` }
    })
    const { value } = (await answer.json()) as { value: string }
    expect(JSON.parse(Buffer.from(value.split('.')[1]!, 'base64url').toString())).toMatchObject({
      iss: variables.SIGSTORE_ISSUER,
      aud: 'sigstore',
      repository: 'octo-org/project'
    })
    expect(JSON.parse(readFileSync(variables.SIGSTORE_TRUSTED_ROOT!, 'utf8'))).toMatchObject({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1'
    })
    expect(logOf(service)).toContain('ready')
  })
})
