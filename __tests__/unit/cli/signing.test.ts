import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { PUBLIC_SERVICES } from '../../../src/attest/sign.ts'
import { attestCommand } from '../../../src/cli/attest.ts'
import { parseArguments, type Arguments, type CommandIo } from '../../../src/cli/command.ts'
import { AGAIN, attachLine, bundleFolder, isAttachable, withHint } from '../../../src/cli/signing-options.ts'
import { readSigning } from '../../../src/cli/signing.ts'
import { SeedError } from '../../../src/errors.ts'
import { silentLog, silentProgress } from '../../../src/ports.ts'
import type { Signing } from '../../../src/seed/attest.ts'
import { SIGNED } from '../../../src/seed/attestation.ts'

const BUILDER = ['--builder-id', 'https://ci.example/seed']
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signing-'))
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' } as const
  writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, 'locked.pem'), privateKey.export(encrypted))
  writeFileSync(join(folder, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
})
afterAll(() => rmSync(folder, { recursive: true }))

const io = (env: CommandIo['env']): CommandIo => ({
  ports: { log: silentLog, progress: silentProgress, env: {}, signal: new AbortController().signal },
  env,
  cwd: folder,
  print() {}
})
const parse = (argv: readonly string[]): Arguments => parseArguments(attestCommand, ['x', ...argv])
const read = (argv: readonly string[], env: CommandIo['env'] = {}): Promise<Signing> =>
  readSigning(attestCommand, parse(argv), io(env))

describe('readSigning', () => {
  test('takes the public services where nothing is said', async () => {
    expect(await read([])).toMatchObject({ kind: 'keyless', services: PUBLIC_SERVICES, audience: 'sigstore' })
  })

  test('takes addresses from options before those of the environment', async () => {
    const env = {
      SIGSTORE_FULCIO_URL: 'https://fulcio.example/',
      SIGSTORE_REKOR_URL: 'https://rekor.example',
      SIGSTORE_TIMESTAMP_URL: 'none'
    }
    expect((await read([], env)).services).toEqual({
      fulcioUrl: 'https://fulcio.example',
      rekorUrl: 'https://rekor.example',
      rekorVersion: 1,
      timestampUrl: undefined
    })
    const argv = [
      '--rekor-url',
      'http://127.0.0.1:3000',
      '--rekor-version',
      '2',
      '--timestamp-url',
      'https://tsa.example'
    ]
    expect((await read(argv, env)).services).toEqual({
      fulcioUrl: 'https://fulcio.example',
      rekorUrl: 'http://127.0.0.1:3000',
      rekorVersion: 2,
      timestampUrl: 'https://tsa.example'
    })
  })

  test('takes keys from files and variables', async () => {
    const file = await read(['--key', 'key.pem', ...BUILDER])
    expect(file).toMatchObject({ kind: 'key', builderId: 'https://ci.example/seed', privateKey: { type: 'private' } })
    const locked = await read(['--key', 'locked.pem', ...BUILDER], { NIX_SEED_KEY_PASSPHRASE: 'open' })
    expect(locked).toMatchObject({ kind: 'key', privateKey: { type: 'private' } })
    const command = await read(['--sign-command', 'sign', '--public-key', 'key.pub', ...BUILDER])
    expect(command).toMatchObject({ kind: 'command', command: 'sign', publicKey: { type: 'public' } })
  })

  test.each([
    ['a private authority and the public log', ['--fulcio-url', 'https://f.example'], /say --rekor-url too/],
    [
      'a private authority and log, and public timestamps',
      ['--fulcio-url', 'https://f.example', '--rekor-url', 'https://r.example'],
      /say --timestamp-url too/
    ],
    ['no time at all', ['--rekor-url', 'none', '--timestamp-url', 'none'], /nobody could tell when/],
    ['version 2 of the public log', ['--rekor-version', '2'], /another address every year/],
    [
      'version 2 without timestamps',
      ['--rekor-version', '2', '--rekor-url', 'https://r.example', '--timestamp-url', 'none'],
      /tells no time/
    ],
    ['another version', ['--rekor-version', '3'], /is 1 or 2/],
    ['no authority', ['--fulcio-url', 'none'], /no URL/],
    ['an address that is not encrypted', ['--rekor-url', 'http://rekor.example'], /not encrypted/],
    ['an address with credentials', ['--rekor-url', 'https://me:secret@rekor.example'], /credentials/],
    ['key and command', ['--key', 'key.pem', '--sign-command', 'x', ...BUILDER], /exclude each other/],
    ['a key without a builder', ['--key', 'key.pem'], /--builder-id is missing/],
    ['a builder that is no URI', ['--key', 'key.pem', '--builder-id', 'me'], /no URI/],
    ['a builder without a key', BUILDER, /without --key/],
    ['a key and a token', ['--key', 'key.pem', '--token-file', 'x', ...BUILDER], /--token-file is of no use/],
    ['a command without public key', ['--sign-command', 'x', ...BUILDER], /needs --public-key/],
    ['a public key alone', ['--public-key', 'key.pub'], /goes with --sign-command/]
  ])('refuses %s', async (_, argv, message) => {
    const failure = await read(argv).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'USAGE', message: expect.stringMatching(message) })
    expect(String(failure)).not.toContain('secret')
  })

  test.each([
    ['in an unset variable', ['--key', 'env:NO_KEY'], {}],
    ['the wrong kind', ['--key', 'key.pub'], {}],
    ['locked', ['--key', 'locked.pem'], {}],
    ['locked otherwise', ['--key', 'locked.pem'], { NIX_SEED_KEY_PASSPHRASE: 'wrong-secret' }],
    ['no key', ['--key', 'env:KEY'], { KEY: 'wrong-secret' }]
  ])('says that a key is %s', async (_, argv, env) => {
    const failure = await read([...argv, ...BUILDER], env).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'KEY_INVALID', hint: expect.any(String) })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('wrong-secret')
  })

  test.each([
    '-----BEGIN PRIVATE KEY-----secret',
    'env:-----BEGIN PRIVATE KEY-----\nsecret',
    'env:secret+/=',
    'env:SECRET-secret'
  ])('does not repeat %j, which stands where a file or a variable should', async key => {
    const failure = await read([`--key=${key}`, ...BUILDER]).catch((e: unknown) => e)
    expect(failure).toMatchObject({ code: 'USAGE' })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret')
  })

  test.each(['nowhere.pem', '.'])('says of the file %s that it cannot be read', async file => {
    const failure = { code: 'FILE_SYSTEM', resource: join(folder, file), hint: expect.any(String) }
    await expect(read(['--key', file, ...BUILDER])).rejects.toMatchObject(failure)
    await expect(read(['--sign-command', 'x', '--public-key', file, ...BUILDER])).rejects.toMatchObject(failure)
  })
})

describe('what to do when it could not be attached', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}` as const

  test('names the file, and that no tag moves', () => {
    const line = attachLine(`host/seed@${digest}`, '/kept', digest)
    expect(line).toContain(`nix-seed attest host/seed@${digest} --bundle /kept/seed-0123456789abcdef.sigstore.json`)
    expect(line).toContain('no tag')
  })

  test('comes after what the failure itself says', () => {
    const error = new SeedError('REGISTRY_DENIED', `${SIGNED}: no`, { resource: 'host/seed', hint: 'Log in.' })
    expect(isAttachable(error)).toBe(true)
    expect(isAttachable(new SeedError('REGISTRY_DENIED', 'no'))).toBe(false)
    const { code, message, resource, hint } = withHint(error, AGAIN)
    expect({ code, message, resource, hint }).toEqual({
      code: 'REGISTRY_DENIED',
      message: `${SIGNED}: no`,
      resource: 'host/seed',
      hint: `Log in.\n${AGAIN}`
    })
  })
})

describe('bundleFolder', () => {
  test.each([
    [['--bundle-dir', 'kept'], {}, () => join(folder, 'kept')],
    [[], { XDG_STATE_HOME: '/state' }, () => '/state/nix-seed'],
    [[], { XDG_STATE_HOME: 'relative', HOME: '/home/me' }, () => '/home/me/.local/state/nix-seed']
  ])('%j with %j', (argv, env, path) => {
    expect(bundleFolder(parse(argv), io(env))).toBe(path())
  })
})
