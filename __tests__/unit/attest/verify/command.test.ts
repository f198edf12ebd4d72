import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { MessageSignatureBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign'
import { bundleToJSON } from '@sigstore/bundle'
import { runProgram } from '../../../../src/cli/program.ts'
import { attest, COMMIT, DIGEST, IDENTITY } from '../../../support/attestation.ts'
import { buildFacts } from '../../../support/build-facts.ts'
import { makeBundle } from '../../../support/sigstore-bundle.ts'
import { githubClaims, startSigstore, useSigstore } from '../../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const sigstore = useSigstore()
const folder = mkdtempSync(join(tmpdir(), 'verify-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' }
  const code = await runProgram(['verify-bundle', ...argv], {
    env: { HOME: folder },
    cwd: folder,
    version: '1.2.3',
    signal: new AbortController().signal,
    stdout: { write: text => (out.stdout += text) },
    stderr: { write: text => (out.stderr += text) }
  })
  return { code, ...out }
}

const write = (name: string, content: object | string) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const FILE_DIGEST = createHash('sha256').update('a seed').digest('hex')

beforeAll(async () => {
  sigstore().trustedRootFile(folder)
  write('seed.json', await attest(sigstore()))
  write('a seed', 'a seed')
  const facts = { subject: { name: 'a seed', digest: `sha256:${FILE_DIGEST}` } }
  write('file.json', await attest(sigstore(), { facts }))
  write('open.json', await attest(sigstore(), { facts: { nix: { ...buildFacts().nix, sandbox: 'false' } } }))
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'a', digest: { sha256: FILE_DIGEST } }]
  }
  write(
    'key.json',
    await makeBundle(sigstore(), { statement: { ...statement, predicateType: 'https://a.example' }, key: PAIR })
  )
  write('key.pub', PAIR.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  write('key.pem', PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const signer = new FulcioSigner({
    fulcioBaseURL: sigstore().fulcioUrl,
    identityProvider: { getToken: async () => sigstore().issuer.token(githubClaims()) }
  })
  const witnesses = [
    new RekorWitness({ rekorBaseURL: sigstore().rekorUrl }),
    new TSAWitness({ tsaBaseURL: sigstore().timestampUrl })
  ]
  const message = await new MessageSignatureBundleBuilder({ signer, witnesses }).create({ data: Buffer.from('a seed') })
  write('message.json', bundleToJSON(message))
})

const who = () => ['--certificate-identity', IDENTITY, '--certificate-oidc-issuer', sigstore().issuer.issuer]
const root = () => ['--trusted-root', 'trusted-root.json']

describe('verify-bundle', () => {
  test('tells people what was verified', async () => {
    const { code, stdout, stderr } = await run('--bundle', 'seed.json', ...who(), ...root(), '--commit', COMMIT, DIGEST)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const text of [DIGEST, IDENTITY, sigstore().issuer.issuer, COMMIT, 'github-hosted', 'provenance/v1']) {
      expect(stdout).toContain(text)
    }
  })

  test('tells scripts as JSON', async () => {
    const { code, stdout } = await run('--bundle', 'seed.json', ...who(), ...root(), '--json', DIGEST)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      verified: true,
      digests: [DIGEST],
      commit: COMMIT,
      builder: IDENTITY,
      runner: 'github-hosted',
      sandbox: 'true',
      signer: { kind: 'certificate', identity: IDENTITY, issuer: sigstore().issuer.issuer },
      times: expect.arrayContaining([{ at: expect.stringMatching(/Z$/), by: 'timestamp-authority' }]),
      log: [{ kind: 'dsse 0.0.1', index: expect.stringMatching(/^\d+$/) }]
    })
  })

  test('takes the file in place of its digest, and a file that is called like one', async () => {
    expect((await run('--bundle', 'file.json', ...who(), ...root(), 'a seed')).code).toBe(0)
    expect((await run('--bundle', 'seed.json', ...who(), ...root(), 'a seed')).code).toBe(4)
    mkdirSync(join(folder, 'odd'))
    write(`odd/${DIGEST}`, 'a seed')
    const odd = ['--bundle', '../file.json', ...who(), '--trusted-root', '../trusted-root.json', DIGEST]
    const out = { stdout: '' }
    const code = await runProgram(['verify-bundle', ...odd], {
      env: {},
      cwd: join(folder, 'odd'),
      version: '1',
      signal: new AbortController().signal,
      stdout: { write: text => (out.stdout += text) },
      stderr: { write: () => undefined }
    })
    expect({ code, stdout: out.stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(FILE_DIGEST) })
  })

  test.each<[string, () => string[], string]>([
    [
      'another identity',
      () => ['--certificate-identity', `${IDENTITY}x`, ...who().slice(2), DIGEST],
      'identity-mismatch'
    ],
    ['another issuer', () => [...who().slice(0, 3), 'https://evil.example', DIGEST], 'issuer-mismatch'],
    ['another digest', () => [...who(), `sha256:${'0'.repeat(64)}`], 'subject-mismatch'],
    ['another commit', () => [...who(), '--commit', 'f'.repeat(40), DIGEST], 'commit-mismatch'],
    ['another type', () => [...who(), '--type', 'https://spdx.dev/Document', DIGEST], 'predicate-type'],
    ['a key', () => ['--key', 'key.pub', DIGEST], 'signer-kind']
  ])('refuses with %s, by exit code 4 and a reason', async (_, argv, reason) => {
    const { code, stdout, stderr } = await run('--bundle', 'seed.json', ...root(), '--json', ...argv())
    expect({ code, refusal: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 4,
      refusal: { error: { code: 'BUNDLE_REFUSED', reason, resource: 'seed.json' } }
    })
    expect(stderr).toMatch(/^nix-seed: .+\n {2}at: seed\.json\n {2}.+\n$/)
  })

  test('refuses with the trust root of another Sigstore', async () => {
    const other = await startSigstore()
    mkdirSync(join(folder, 'other'))
    other.trustedRootFile(join(folder, 'other'))
    await other.close()
    const { code, stderr } = await run(
      '--bundle',
      'seed.json',
      ...who(),
      '--trusted-root',
      'other/trusted-root.json',
      DIGEST
    )
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('--trusted-root') })
  })

  test('accepts what an option allows', async () => {
    const argv = ['--bundle', 'open.json', ...who(), ...root(), DIGEST]
    expect(await run(...argv)).toMatchObject({ code: 4, stderr: expect.stringContaining('--allow-sandbox-off') })
    expect(await run(...argv, '--allow-sandbox-off')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/sandbox +false/)
    })
  })

  test('verifies what a key signed', async () => {
    const argv = ['--bundle', 'key.json', ...root(), '--type', 'https://a.example', `sha256:${FILE_DIGEST}`]
    const { code, stdout } = await run('--key', 'key.pub', ...argv)
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/signer +key [0-9a-f]{64}/) })
    expect(await run('--key', 'key.pem', ...argv)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('private key')
    })
  })

  test('verifies the signature of a file', async () => {
    expect((await run('--bundle', 'message.json', ...who(), ...root(), 'a seed')).code).toBe(0)
    write('another seed', 'another seed')
    const { code, stdout } = await run('--bundle', 'message.json', ...who(), ...root(), '--json', 'another seed')
    expect({ code, refusal: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 4,
      refusal: { error: { reason: 'subject-mismatch' } }
    })
    expect(await run('--bundle', 'message.json', ...who(), ...root(), `sha256:${FILE_DIGEST}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it takes the file')
    })
  })

  test.each<[string, () => string[]]>([
    ['no bundle', () => [...who(), ...root(), DIGEST]],
    ['a bundle that is not there', () => ['--bundle', 'none.json', ...who(), ...root(), DIGEST]],
    ['nobody to expect', () => ['--bundle', 'seed.json', ...root(), DIGEST]],
    ['an identity without an issuer', () => ['--bundle', 'seed.json', ...who().slice(0, 2), ...root(), DIGEST]],
    [
      'an empty identity',
      () => ['--bundle', 'seed.json', '--certificate-identity', '', ...who().slice(2), ...root(), DIGEST]
    ],
    ['an identity and a key', () => ['--bundle', 'seed.json', ...who(), '--key', 'key.pub', ...root(), DIGEST]],
    ['half a commit', () => ['--bundle', 'seed.json', ...who(), ...root(), '--commit', COMMIT.slice(0, 8), DIGEST]],
    ['no file and no digest', () => ['--bundle', 'seed.json', ...who(), ...root(), DIGEST.slice(0, -1)]],
    ['a trust root that is not there', () => ['--bundle', 'seed.json', ...who(), '--trusted-root', 'none.json', DIGEST]]
  ])('is wrongly used with %s', async (_, argv) => {
    expect((await run(...argv())).code).toBe(2)
  })

  test('says how to go on without a network and without a copy of the trust root', async () => {
    const { code, stderr } = await run('--bundle', 'seed.json', ...who(), '--offline', DIGEST)
    expect({ code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining('--trusted-root') })
  })
})
