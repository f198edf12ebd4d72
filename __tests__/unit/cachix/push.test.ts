import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pushCachix } from '../../../src/cachix/push.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { failureOf } from '../../support/failure.ts'

const SECRETS = { token: 'the-token', signingKey: 'the-signing-key' }
const PATHS = ['/nix/store/00000000000000000000000000000000-a', '/nix/store/11111111111111111111111111111111-b']

let folder: string
let bin: string
let lines: string[]
let ports: Ports
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-seed-cachix-'))
  bin = join(folder, 'bin')
  lines = []
  await mkdir(bin)
  const log = { ...silentLog, info: (line: string) => void lines.push(line) }
  const env = { PATH: `${bin}:${process.env.PATH}`, RECORD: join(folder, 'record') }
  ports = { log, progress: silentProgress, env, signal: new AbortController().signal }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/**
 * A stand-in that writes down how it was called. The program itself is in no package registry that tests can reach, and
 * it speaks to its service alone; what is tested is what it is given, which its documentation describes.
 */
async function standIn(file: string, more = ''): Promise<void> {
  const script = `#!/bin/sh
{ echo "$0 $*"; echo "token $CACHIX_AUTH_TOKEN"; echo "key $CACHIX_SIGNING_KEY"; cat; } >> "$RECORD"
echo 'Pushing 2 paths' >&2
${more}`
  await writeFile(file, script, { mode: 0o755 })
}
const record = (): Promise<string> => readFile(join(folder, 'record'), 'utf8')

describe('pushCachix', () => {
  test('gives secrets by the environment, paths by standard input, and shows progress', async () => {
    await standIn(join(bin, 'cachix'))
    await pushCachix('org', PATHS, SECRETS, ports)
    expect((await record()).split('\n')).toEqual([
      `${join(bin, 'cachix')} push org`,
      'token the-token',
      'key the-signing-key',
      ...PATHS,
      ''
    ])
    expect(lines).toEqual(['Pushing 2 paths'])
  })

  test('runs nothing for no paths', async () => {
    await standIn(join(bin, 'cachix'))
    await pushCachix('org', [], SECRETS, ports)
    await expect(record()).rejects.toThrow('ENOENT')
  })

  test('says what the program said when it fails, without the secrets', async () => {
    await standIn(join(bin, 'cachix'), 'echo "denied: $CACHIX_AUTH_TOKEN $CACHIX_SIGNING_KEY" >&2; exit 3')
    const error = await failureOf(pushCachix('org', PATHS, SECRETS, ports))
    expect(error).toMatchObject({ code: 'TOOL_FAILED', message: expect.stringContaining('denied: *** ***') })
    expect([String(error.stack), String(error.cause), ...lines].join()).not.toMatch(/the-token|the-signing-key/)
  })

  test('fetches the program by the lock of the project where it is not on PATH', async () => {
    const out = join(folder, 'out')
    await mkdir(join(out, 'bin'), { recursive: true })
    await standIn(join(out, 'bin', 'cachix'))
    await writeFile(join(bin, 'nix'), `#!/bin/sh\necho "$*" > "$RECORD.nix"\necho /no/doc\necho "${out}"\n`, {
      mode: 0o755
    })
    const env = { ...ports.env, PATH: `${bin}:/usr/bin:/bin` }
    await pushCachix('org', PATHS, { ...SECRETS, flake: '/project' }, { ...ports, env })
    expect(await record()).toContain(`${join(out, 'bin', 'cachix')} push org\n`)
    expect(await readFile(join(folder, 'record.nix'), 'utf8')).toMatch(
      /build --no-link --print-out-paths --inputs-from \/project nixpkgs#cachix$/m
    )
  })

  test('says how to get the program where that fails too', async () => {
    await writeFile(join(bin, 'nix'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const env = { ...ports.env, PATH: `${bin}:/usr/bin:/bin` }
    const error = await failureOf(pushCachix('org', PATHS, SECRETS, { ...ports, env }))
    expect(error).toMatchObject({ code: 'TOOL_MISSING', hint: expect.stringContaining('mkSeed') })
  })
})
