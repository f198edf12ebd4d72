import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { signWithCommand } from '../../../src/attest/sign-command.ts'
import { signStatement } from '../../../src/attest/sign.ts'
import { failureOf } from '../../support/failure.ts'
import { ecdsaKeys, QUICK, quietPorts, servicesOf, STATEMENT, verifyWithLibrary } from '../../support/signing.ts'
import { useSigstore } from '../../support/sigstore.ts'

const DATA = Buffer.from('what is signed')
const { PATH } = process.env
const keys = ecdsaKeys()
let folder = ''
let signer = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sign-command-'))
  writeFileSync(join(folder, 'key.pem'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  // As the client of a key management service has it: the digest is signed as it is.
  signer = `openssl pkeyutl -sign -inkey ${join(folder, 'key.pem')} -pkeyopt digest:sha256`
})
afterAll(() => rmSync(folder, { recursive: true }))

const ports = (env: Record<string, string> = {}) => quietPorts({ env: { PATH, ...env } })
const sign = (command: string, env?: Record<string, string>) =>
  signWithCommand(command, keys.publicKey, DATA, ports(env))

describe('a signing command', () => {
  const sigstore = useSigstore()

  test.each<1 | 2>([1, 2])('makes bundles that others accept, with a log of version %i', async rekorVersion => {
    const means = { kind: 'command' as const, command: signer, publicKey: keys.publicKey }
    const signed = await signStatement(STATEMENT, means, servicesOf(sigstore(), { rekorVersion }), ports(), QUICK)
    verifyWithLibrary(signed.json, sigstore(), keys.publicKey)
  })

  test('sends nothing where the signature is wrong', async () => {
    const since = sigstore().requests.length
    const means = { kind: 'command' as const, command: signer, publicKey: ecdsaKeys().publicKey }
    const failure = await failureOf(signStatement(STATEMENT, means, servicesOf(sigstore()), ports(), QUICK))
    expect(failure).toMatchObject({ code: 'SIGNING_FAILED', hint: expect.stringContaining('public key') })
    expect(sigstore().requests).toHaveLength(since)
  })
})

test.each<[string, (command: string) => string]>([
  ['as it is', command => command],
  ['in base64', command => `${command} | base64`],
  ['in base64 of one line', command => `${command} | base64 -w0`],
  ['in base64 for URLs', command => `${command} | base64 -w0 | tr '+/' '-_' | tr -d =`]
])('the signature is taken %s', async (_how, change) => {
  expect(verify('sha256', DATA, keys.publicKey, await sign(change(signer)))).toBe(true)
})

test('RSA keys sign digests, too', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const file = join(folder, 'rsa.pem')
  writeFileSync(file, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const command = `openssl pkeyutl -sign -inkey ${file} -pkeyopt digest:sha256 -pkeyopt rsa_padding_mode:pkcs1`
  const signature = await signWithCommand(command, rsa.publicKey, DATA, ports())
  expect(verify('sha256', DATA, rsa.publicKey, signature)).toBe(true)
})

test('the command reads the digest, and nothing else', async () => {
  const read = join(folder, 'read')
  await sign(`tee ${read} | ${signer}`)
  expect(readFileSync(read)).toEqual(createHash('sha256').update(DATA).digest())
})

test('the command sees the environment without tokens and without keys', async () => {
  const seen = join(folder, 'environment')
  const kept = {
    AWS_REGION: 'eu-west-1',
    AWS_SESSION_TOKEN: 'kms',
    VAULT_TOKEN: 'vault',
    HOME: folder,
    CIRCLE_JOB: 'x'
  }
  await sign(`env > ${seen}; ${signer}`, {
    ...kept,
    ACTIONS_ID_TOKEN_REQUEST_URL: 'secret',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    ACTIONS_RUNTIME_TOKEN: 'secret',
    'INPUT_SIGNING-KEY': 'secret',
    SIGSTORE_ID_TOKEN: 'secret',
    CIRCLE_OIDC_TOKEN: 'secret',
    CIRCLE_OIDC_TOKEN_V2: 'secret',
    NIX_SEED_KEY_PASSPHRASE: 'secret',
    NIX_SEED_KEY: 'secret',
    GITHUB_TOKEN: 'secret',
    CI_JOB_TOKEN: 'secret'
  })
  const text = readFileSync(seen, 'utf8')
  expect(text).not.toContain('secret')
  for (const [name, value] of Object.entries(kept)) expect(text).toContain(`${name}=${value}\n`)
})

describe('when the command', () => {
  test.each<[string, string, RegExp]>([
    ['fails', 'echo "no such key" >&2; exit 3', /^the signing command failed: exit status 3:\nno such key$/],
    ['fails silently', 'exit 1', /^the signing command failed: exit status 1$/],
    ['is not there', 'no-such-program', /exit status 127:\n.*no-such-program/],
    ['is killed', 'kill -9 $$', /it was killed/],
    ['prints without end', 'yes', /printed more than 65536 bytes/]
  ])('%s, that is said with what it says', async (_what, command, said) => {
    const failure = await failureOf(sign(command))
    expect(failure).toMatchObject({ code: 'TOOL_FAILED', hint: expect.any(String) })
    expect(failure.message).toMatch(said)
  })

  test.each<[string, string, RegExp]>([
    ['prints nothing', 'true', /it printed nothing/],
    ['prints text', 'echo hello', /what it printed \(6 bytes\) is none by the public key/],
    ['prints the digest', 'cat', /32 bytes/],
    ['hashes once more', 'openssl dgst -sha256 -sign KEY', /none by the public key/],
    ['prints more than the signature', 'SIGNER; echo', /none by the public key/]
  ])('%s, nothing is signed', async (_what, command, said) => {
    const text = command.replace('KEY', join(folder, 'key.pem')).replace('SIGNER', signer)
    const failure = await failureOf(sign(text))
    expect(failure).toMatchObject({ code: 'SIGNING_FAILED', message: expect.stringMatching(said) })
  })

  test('does not end, it is ended', async () => {
    const failure = await failureOf(signWithCommand('exec sleep 600', keys.publicKey, DATA, ports(), 100))
    expect(failure).toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringContaining('has not ended after 0.1 s')
    })
  })

  test('is interrupted, the reason is passed on', async () => {
    const controller = new AbortController()
    const signing = signWithCommand('exec sleep 600', keys.publicKey, DATA, {
      ...ports(),
      signal: controller.signal
    })
    controller.abort(new Error('interrupted'))
    await expect(signing).rejects.toThrow('interrupted')
  })

  test('would need a digest of Ed25519, it is not started', async () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    const file = join(folder, 'started')
    const failure = await failureOf(signWithCommand(`touch ${file}`, publicKey, DATA, ports()))
    expect(failure).toMatchObject({ code: 'KEY_INVALID' })
    expect(() => readFileSync(file)).toThrow()
  })
})
