import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readCredentials } from '../../../src/oci/credentials.ts'

let home: string
let warnings: string[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'credentials-'))
  warnings = []
})

afterEach(async () => {
  await rm(home, { recursive: true })
})

async function put(path: string, content: unknown): Promise<string> {
  const file = join(home, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** A credential helper on PATH that notes what it was asked. */
async function helper(name: string, script: string): Promise<void> {
  const file = await put(`bin/docker-credential-${name}`, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

function read(host: string, env: Record<string, string> = {}, repository = 'org/repo') {
  const all = { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}`, ...env }
  return readCredentials(host, repository, { env: all, warn: line => warnings.push(line) })
}

const encode = (text: string) => ({ auth: Buffer.from(text).toString('base64') })
const me = { username: 'me', password: 'pass:word' }

describe('when a file holds them', () => {
  test.each([
    ['encoded', 'ghcr.io', encode('me:pass:word'), me],
    ['encoded with a filled-up end', 'ghcr.io', encode('me:pass:word\0\0'), me],
    ['in clear', 'ghcr.io', me, me],
    ['under a URL', 'https://ghcr.io/v2/', encode('me:pass:word'), me],
    [
      'as an identity token',
      'ghcr.io',
      { ...encode('<token>:'), identitytoken: 'refresh' },
      { identityToken: 'refresh' }
    ],
    ['as a registry token', 'ghcr.io', { registrytoken: 'bearer' }, { registryToken: 'bearer' }],
    ['for another host', 'ghcr.io.example', encode('me:pass:word'), undefined],
    ['for another port', 'ghcr.io:8443', encode('me:pass:word'), undefined],
    ['empty', 'ghcr.io', {}, undefined],
    ['without a colon', 'ghcr.io', encode('me'), undefined]
  ])('%s', async (_, key, entry, expected) => {
    await put('.docker/config.json', { auths: { [key]: entry } })
    expect(await read('ghcr.io')).toEqual(expected)
    expect(warnings).toEqual([])
  })

  test('Docker Hub has a name of its own there', async () => {
    await put('.docker/config.json', { auths: { 'https://index.docker.io/v1/': encode('me:pass:word') } })
    expect(await read('docker.io')).toEqual(me)
  })

  test('the most specific path wins, as podman writes it', async () => {
    const auths = {
      'ghcr.io': encode('a:1'),
      'ghcr.io/org': encode('b:2'),
      'ghcr.io/org/repo': encode('c:3'),
      'ghcr.io/or': encode('d:4')
    }
    const REGISTRY_AUTH_FILE = await put('auth.json', { auths })
    expect(await read('ghcr.io', { REGISTRY_AUTH_FILE })).toMatchObject({ username: 'c' })
    expect(await read('ghcr.io', { REGISTRY_AUTH_FILE }, 'org/other')).toMatchObject({ username: 'b' })
    expect(await read('ghcr.io', { REGISTRY_AUTH_FILE }, 'orgs/repo')).toMatchObject({ username: 'a' })
  })

  test('files are asked in order', async () => {
    const auths = (name: string) => ({ auths: { 'ghcr.io': encode(`${name}:x`) } })
    const env: Record<string, string> = {}
    const found = async () => (await read('ghcr.io', env)) as { username: string } | undefined
    expect(await found()).toBeUndefined()
    await put('.config/containers/auth.json', auths('config'))
    expect(await found()).toMatchObject({ username: 'config' })
    await put('run/containers/auth.json', auths('runtime'))
    env.XDG_RUNTIME_DIR = join(home, 'run')
    expect(await found()).toMatchObject({ username: 'runtime' })
    await put('.docker/config.json', auths('docker'))
    expect(await found()).toMatchObject({ username: 'docker' })
    await put('elsewhere/config.json', auths('elsewhere'))
    env.DOCKER_CONFIG = join(home, 'elsewhere')
    expect(await found()).toMatchObject({ username: 'elsewhere' })
    env.REGISTRY_AUTH_FILE = await put('auth.json', auths('named'))
    expect(await found()).toMatchObject({ username: 'named' })
  })

  test.each(['{"auths": {"ghcr.io": {"auth": "s3cr3t"', '[]', 'null'])(
    'a broken one is passed over: %s',
    async text => {
      await put('.docker/config.json', text)
      await put('.config/containers/auth.json', { auths: { 'ghcr.io': encode('me:pass:word') } })
      expect(await read('ghcr.io')).toEqual(me)
      expect(warnings).toEqual([expect.stringContaining('config.json is passed over')])
      expect(warnings.join()).not.toContain('s3cr3t')
    }
  )
})

describe('when a helper holds them', () => {
  test('it is asked for the host through stdin', async () => {
    await put('.docker/config.json', { credHelpers: { 'ghcr.io': 'test' }, credsStore: 'other' })
    await helper(
      'test',
      `cat > ${home}/asked; echo "$0 $*" > ${home}/how; echo '{"ServerURL":"x","Username":"me","Secret":"pass:word"}'`
    )
    expect(await read('ghcr.io')).toEqual(me)
    expect((await readFile(join(home, 'asked'), 'utf8')).trim()).toBe('ghcr.io')
    expect((await readFile(join(home, 'how'), 'utf8')).trim()).toMatch(/docker-credential-test get$/)
  })

  test('a store is asked for every host, and the file where it knows none', async () => {
    await put('.docker/config.json', { credsStore: 'store', auths: { 'quay.io': encode('me:pass:word') } })
    const found = `echo '{"Username":"<token>","Secret":"refresh"}'`
    await helper(
      'store',
      `if grep -qx ghcr.io; then ${found}; else echo 'credentials not found in native keychain'; exit 1; fi`
    )
    expect(await read('ghcr.io')).toEqual({ identityToken: 'refresh' })
    expect(await read('quay.io')).toEqual(me)
    expect(await read('example.org')).toBeUndefined()
    expect(warnings).toEqual([])
  })

  test.each([
    ['missing', undefined, 'missing is passed over: docker-credential-missing is not installed'],
    ['failing', 'echo s3cr3t; echo s3cr3t >&2; exit 3', 'status 3'],
    ['garbled', 'echo s3cr3t', 'not valid JSON'],
    ['endless', 'yes s3cr3t', 'signal'],
    ['../evil', undefined, 'no program name']
  ])('a %s one is passed over, without its words', async (name, script, message) => {
    await put('.docker/config.json', { credHelpers: { 'ghcr.io': name } })
    if (script) await helper(name, script)
    expect(await read('ghcr.io')).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining(name === 'endless' ? 'endless' : message)])
    expect(warnings.join()).not.toContain('s3cr3t')
  })
})
