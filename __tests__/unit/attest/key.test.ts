import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { keyDetails, keyHint, readPrivateKey, readPublicKey } from '../../../src/attest/key.ts'
import { everythingOf, expectHidden } from '../../support/secrecy.ts'
import { ecdsaKeys } from '../../support/signing.ts'

const PASSPHRASE = 'correct horse battery staple'
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const locked = (key: KeyObject) =>
  key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString()

function refusal(read: () => unknown): Error & { code?: string; hint?: string } {
  try {
    read()
  } catch (error) {
    return error as Error
  }
  throw new Error('it was not refused')
}

const SUPPORTED: [string, () => { privateKey: KeyObject; publicKey: KeyObject }][] = [
  ['P-256', () => ecdsaKeys('P-256')],
  ['P-384', () => ecdsaKeys('P-384')],
  ['P-521', () => ecdsaKeys('P-521')],
  ['RSA of 2048 bits', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['RSA of 3072 bits', () => generateKeyPairSync('rsa', { modulusLength: 3072 })],
  ['Ed25519', () => generateKeyPairSync('ed25519')]
]

describe.each(SUPPORTED)('a key of the kind %s', (_kind, generate) => {
  const { privateKey, publicKey } = generate()

  test('is read, encrypted or not', () => {
    expect(readPrivateKey(pkcs8(privateKey)).equals(privateKey)).toBe(true)
    expect(readPrivateKey(pkcs8(privateKey), PASSPHRASE).equals(privateKey)).toBe(true)
    expect(readPrivateKey(locked(privateKey), PASSPHRASE).equals(privateKey)).toBe(true)
    expect(readPublicKey(spki(publicKey)).equals(publicKey)).toBe(true)
  })

  test('shows nothing of itself', () => {
    const key = readPrivateKey(pkcs8(privateKey))
    const der = privateKey.export({ type: 'pkcs8', format: 'der' })
    const shown = [
      inspect({ key }, { depth: 20, showHidden: true }),
      JSON.stringify({ key }),
      Object.values(key).join()
    ].join('\n')
    expectHidden(der.toString('base64'), shown)
    expectHidden(der.toString('latin1'), shown)
  })
})

test('keys are read in the older formats', () => {
  const { privateKey, publicKey } = ecdsaKeys()
  const sec1 = { type: 'sec1', format: 'pem' } as const
  const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
  const plain = privateKey.export(sec1).toString()
  const secret = privateKey.export({ ...sec1, cipher: 'aes-128-cbc', passphrase: PASSPHRASE }).toString()
  expect(secret).toContain('Proc-Type: 4,ENCRYPTED')
  for (const pem of [plain, parameters + plain, plain.replaceAll('\n', '\r\n'), secret, `\n${plain}\n\n`]) {
    expect(readPrivateKey(pem, PASSPHRASE).equals(privateKey)).toBe(true)
  }
  expect(refusal(() => readPrivateKey(secret)).message).toContain('no passphrase')
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  expect(readPrivateKey(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())).toBeDefined()
  expect(readPublicKey(rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString())).toBeDefined()
  expect(readPublicKey(spki(publicKey)).equals(createPublicKey(privateKey))).toBe(true)
})

describe('refused, with what to do instead, is', () => {
  const cosign = (name: string) =>
    `-----BEGIN ENCRYPTED ${name} PRIVATE KEY-----\neyJrZGYiOnsibmFtZSI6InNjcnlwdCIs\n-----END ENCRYPTED ${name} PRIVATE KEY-----\n`
  const good = pkcs8(ecdsaKeys().privateKey)
  test.each<[string, () => string, RegExp]>([
    ['a key of cosign', () => cosign('SIGSTORE'), /encrypted format of cosign/],
    ['an older key of cosign', () => cosign('COSIGN'), /encrypted format of cosign/],
    ['nothing', () => '', /no private key in PEM$/],
    ['a word', () => 'hunter2-hunter2-hunter2', /no private key in PEM$/],
    ['a public key', () => spki(ecdsaKeys().publicKey), /but of the kind "PUBLIC KEY"$/],
    ['a damaged key', () => good.replace(/\n.{10}/, '\n'), /damaged/],
    ['half a key', () => good.slice(0, 120), /damaged/],
    ['a locked key', () => locked(ecdsaKeys().privateKey), /encrypted, and there is no passphrase/],
    ['a curve of other uses', () => pkcs8(ecdsaKeys('secp256k1').privateKey), /curve secp256k1/],
    ['a key that encrypts', () => pkcs8(generateKeyPairSync('x25519').privateKey), /kind x25519/],
    ['Ed448', () => pkcs8(generateKeyPairSync('ed448').privateKey), /kind ed448/],
    ['RSA-PSS', () => pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), /kind rsa-pss/],
    ['short RSA', () => pkcs8(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), /1024 bits/],
    [
      'RSA with an exponent of its own',
      () => pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey),
      /exponent 3 /
    ]
  ])('%s', (_what, make, said) => {
    const pem = make()
    const failure = refusal(() => readPrivateKey(pem))
    expect(failure).toMatchObject({ code: 'KEY_INVALID', hint: expect.any(String) })
    expect(failure.message).toMatch(said)
    const body = pem.replace(/-----.*-----/g, '').replace(/\s/g, '')
    expectHidden(body.length < 12 ? 'no secret at all' : body, everythingOf(failure))
  })

  test('a wrong passphrase, which is not shown', () => {
    const failure = refusal(() => readPrivateKey(locked(ecdsaKeys().privateKey), 'wrong-passphrase-wrong'))
    expect(failure).toMatchObject({ code: 'KEY_INVALID', hint: 'Check NIX_SEED_KEY_PASSPHRASE.' })
    expect(failure.message).toContain('the passphrase is wrong')
    expectHidden('wrong-passphrase-wrong', everythingOf(failure))
  })

  test.each<[string, string, RegExp]>([
    ['a private key in place of a public one', good, /this is a private key/],
    ['no public key', 'text', /no public key/],
    ['a damaged public key', spki(ecdsaKeys().publicKey).replace(/\n.{10}/, '\n'), /damaged/],
    ['a public key on another curve', spki(ecdsaKeys('secp256k1').publicKey), /curve secp256k1/]
  ])('%s', (_what, pem, said) => {
    const failure = refusal(() => readPublicKey(pem))
    expect(failure).toMatchObject({ code: 'KEY_INVALID', message: expect.stringMatching(said) })
    expectHidden(good.split('\n')[1]!, everythingOf(failure))
  })
})

test('keys that openssl makes as the hints say are read, with the hint that openssl computes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'key-'))
  try {
    const file = join(folder, 'key.pem')
    const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-aes256']
    execFileSync('openssl', ['genpkey', ...curve, '-pass', `pass:${PASSPHRASE}`, '-out', file], { stdio: 'ignore' })
    const pem = readFileSync(file, 'utf8')
    expect(refusal(() => readPrivateKey(pem)).message).toContain('encrypted')
    const key = createPublicKey(readPrivateKey(pem, PASSPHRASE))
    const open = ['pkey', '-in', file, '-passin', `pass:${PASSPHRASE}`, '-pubout', '-outform', 'DER']
    const der = execFileSync('openssl', open)
    const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der })
    expect(keyHint(key)).toBe(digest.toString('base64'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('logs of version 2 are told the kind of a key, where it is one that verifiers take', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 })
  expect(keyDetails(ecdsaKeys().publicKey)).toBe('PKIX_ECDSA_P256_SHA_256')
  expect(keyDetails(rsa.publicKey)).toBe('PKIX_RSA_PKCS1V15_3072_SHA256')
  for (const { publicKey } of [ecdsaKeys('P-384'), ecdsaKeys('P-521'), generateKeyPairSync('ed25519')]) {
    expect(refusal(() => keyDetails(publicKey))).toMatchObject({ code: 'KEY_INVALID' })
  }
})
