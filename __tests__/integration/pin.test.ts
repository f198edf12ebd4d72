/** The real Nix on what pins a seed: it computes the same hashes, and finds nothing to change in an edited lock file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parseFlakeLock, readFlakeLock } from '../../src/nix/flake-lock.ts'
import { withLockedNode, withNewSeedNode, type GitHubBranch } from '../../src/nix/lock-edit.ts'
import { narHashOfTree } from '../../src/nix/nar.ts'
import { parsePath } from '../../src/seed/difference.ts'
import { lockKey } from '../../src/seed/key.ts'
import {
  formatSeedPins,
  mergeSeedPins,
  pinLocation,
  pinnedSeed,
  readPins,
  SEED_BRANCH,
  SEED_FILE,
  seedInput
} from '../../src/seed/pin.ts'
import { GitHubServer, type GitHubServerOptions } from '../support/github/server.ts'
import { output, requireLab, run, useTempFolder } from '../support/lab.ts'

requireLab()
jest.setTimeout(60_000)
const folder = useTempFolder()

describe('narHashOfTree', () => {
  const text = (length: number) => Buffer.alloc(length, 'x')
  test.each([
    ['an empty folder', []],
    ['an empty file', [{ path: 'a', bytes: text(0) }]],
    ['contents of every length of padding', [1, 7, 8, 9, 4096].map(n => ({ path: `f${n}`, bytes: text(n) }))],
    ['a program', [{ path: 'bin/run', bytes: Buffer.from('#!/bin/sh\n'), executable: true }]],
    [
      'nested folders, and names that sort by bytes alone',
      ['b/c/d', 'b/c.d', 'b-c', 'B', '\u{1f600}', '\ufb33', 'é', 'a b', '~', '.hidden', 'longer than eight'].map(
        path => ({
          path,
          bytes: Buffer.from(path)
        })
      )
    ],
    ['bytes of all kinds', [{ path: 'a', bytes: Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255)) }]]
  ])('is what Nix computes of %s', async (name, files: { path: string; bytes: Buffer; executable?: boolean }[]) => {
    const tree = join(folder(), 'trees', name)
    mkdirSync(tree, { recursive: true })
    for (const { path, bytes, executable } of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), bytes, { mode: executable ? 0o755 : 0o644 })
    }
    const hash = narHashOfTree(files)
    expect(hash).toBe(await output(['nix', 'hash', 'path', tree]))
    const dumped = await output(['sh', '-c', 'nix-store --dump "$1" | sha256sum', 'sh', tree])
    expect(dumped.slice(0, 64)).toBe(Buffer.from(hash.slice('sha256-'.length), 'base64').toString('hex'))
  })
})

test('parsePath splits names as Nix does', async () => {
  const names = [
    'hello-2.12',
    'hello',
    'a-b-1',
    'a-',
    'a--b',
    'a-_1',
    'a-é',
    '-1',
    'a-1-b-2',
    'python3.12-x-1',
    '0-0',
    'A-1Z'
  ]
  const list = names.map(name => JSON.stringify(name)).join(' ')
  const printed = await output(['nix', 'eval', '--json', '--expr', `map builtins.parseDrvName [ ${list} ]`])
  expect(names.map(name => parsePath(`/nix/store/${'0'.repeat(32)}-${name}`))).toEqual(JSON.parse(printed))
})

const seed = (digit: string) => ({
  image: `ghcr.io/octo-org/project/seed@sha256:${digit.repeat(64)}`,
  lockKey: digit.repeat(64),
  closure: `sha256:${digit.repeat(64)}`
})

/** A forge, and flakes that pin their seed there. */
class Forge {
  readonly server: GitHubServer
  readonly branch: GitHubBranch
  #caches = 0

  constructor(server: GitHubServer, host?: string) {
    this.server = server
    this.branch = { owner: 'octo-org', repo: 'project', ref: SEED_BRANCH, ...(host !== undefined && { host }) }
  }

  /** Runs Nix with a cache of its own, so that it has to ask for what it does not find in the lock. */
  nix(...args: string[]) {
    return run(this.server.enclose(['nix', ...args]), {
      cwd: folder(),
      env: {
        ...this.server.trustEnvironment,
        HOME: join(folder(), 'home'),
        XDG_CACHE_HOME: join(folder(), `cache-${this.server.address}-${++this.#caches}`)
      }
    })
  }

  /** Commits pins to their branch, which is made if it is not there; what a lock file has to say of it then. */
  async pin(digit: string) {
    const bytes = formatSeedPins(mergeSeedPins(undefined, 'x86_64-linux', seed(digit)))
    const rev = await this.server.repository.commit(SEED_BRANCH, { [SEED_FILE]: bytes })
    const git = ['git', '-C', this.server.repository.folder, 'show', '--no-patch', '--format=%ct', rev]
    const lastModified = Number(await output(git))
    return { bytes, locked: { rev, narHash: narHashOfTree([{ path: SEED_FILE, bytes }]), lastModified } }
  }
}

function useForge(options: GitHubServerOptions = {}): () => Forge {
  let forge: Forge | undefined
  beforeAll(async () => {
    forge = new Forge(await GitHubServer.start({ tls: true, ...options }), options.host)
  })
  afterAll(() => forge?.server.close())
  return () => forge!
}

/** Writes a flake whose other inputs are `inputs`, and which takes arguments of any name. */
function writeFlake(name: string, inputs: readonly string[], args = '...'): string {
  const path = join(folder(), name)
  mkdirSync(path, { recursive: true })
  const outputs = `{ self, ${args} }@inputs: { pins = builtins.readFile "\${inputs.seed-self}/${SEED_FILE}"; plain = 1; }`
  const lines = ['{', ...inputs.map(input => `  inputs.${input}`), `  outputs = ${outputs};`, '}', '']
  writeFileSync(join(path, 'flake.nix'), lines.join('\n'))
  return path
}

const lockOf = (flake: string) => readFileSync(join(flake, 'flake.lock'), 'utf8')
const writeLock = (flake: string, text: string) => writeFileSync(join(flake, 'flake.lock'), text)

/** Writes the flake `lib`, which others have as an input, and locks it; the input. */
async function writeLibrary(forge: Forge, name: string, inputs: readonly string[] = []): Promise<string> {
  const path = writeFlake(name, inputs)
  expect(await forge.nix('flake', 'lock', `path:${path}`)).toMatchObject({ code: 0 })
  return `${name.replace(/.*\//, '')}.url = "path:${path}";`
}

/** Nix reads the lock file of `flake`, has nothing to add to it, and finds what it pins. */
async function expectTaken(
  forge: Forge,
  flake: string,
  pins: { bytes: Buffer; locked: { rev: string } }
): Promise<void> {
  const text = lockOf(flake)
  expect(await forge.nix('flake', 'lock', '--no-update-lock-file', `path:${flake}`)).toMatchObject({ code: 0 })
  const metadata = await forge.nix('flake', 'metadata', '--no-update-lock-file', '--json', `path:${flake}`)
  expect(metadata).toMatchObject({ code: 0 })
  const { locks } = JSON.parse(metadata.stdout)
  expect(locks.nodes[locks.nodes.root.inputs['seed-self']].locked.rev).toBe(pins.locked.rev)
  const read = await forge.nix('eval', '--no-update-lock-file', '--raw', `path:${flake}#pins`)
  expect(read).toMatchObject({ code: 0, stdout: pins.bytes.toString() })
  expect(await forge.nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
  expect(lockOf(flake)).toBe(text)
}

describe('the pin of a project on github.com', () => {
  const forge = useForge()
  let unpinned: string
  let library: string
  let first: Awaited<ReturnType<Forge['pin']>>

  beforeAll(async () => {
    library = await writeLibrary(forge(), 'lib')
    const flake = writeFlake('project', [library])
    expect(await forge().nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    unpinned = lockOf(flake)
  })

  test('cannot be locked before its branch is there', async () => {
    const flake = writeFlake('early', [library, seedInput(forge().branch)])
    writeLock(flake, unpinned)
    expect((await forge().nix('eval', `path:${flake}#plain`)).code).not.toBe(0)
    expect(() => pinLocation(parseFlakeLock(unpinned, 'flake.lock'), 'flake.lock', forge().branch)).toThrow(
      expect.objectContaining({ code: 'PIN_MISSING', hint: expect.stringContaining(seedInput(forge().branch)) })
    )
  })

  test('starts with a node that Nix would have written', async () => {
    first = await forge().pin('1')
    const flake = writeFlake('project', [library, seedInput(forge().branch)])
    const edited = withNewSeedNode(unpinned, { ...forge().branch, ...first.locked }, 'flake.lock')
    writeLock(flake, edited)
    await expectTaken(forge(), flake, first)
    writeLock(flake, unpinned)
    expect(await forge().nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    expect(lockOf(flake)).toBe(edited)
  })

  test('moves on as Nix would move it', async () => {
    const flake = join(folder(), 'project')
    const before = lockOf(flake)
    const second = await forge().pin('2')
    expect(second.locked.rev).not.toBe(first.locked.rev)
    const { node } = pinLocation(parseFlakeLock(before, flake), flake)
    const edited = withLockedNode(before, node, second.locked, flake)
    writeLock(flake, edited)
    await expectTaken(forge(), flake, second)
    writeLock(flake, before)
    expect(await forge().nix('flake', 'update', 'seed-self', '--flake', `path:${flake}`)).toMatchObject({ code: 0 })
    expect(lockOf(flake)).toBe(edited)
    const keys = [unpinned, before, edited].map(text => lockKey(parseFlakeLock(text, flake)))
    expect(new Set(keys).size).toBe(1)
  })

  test('is read from what Nix has locked', async () => {
    const flake = join(folder(), 'project')
    const location = pinLocation(await readFlakeLock(join(flake, 'flake.lock')), flake)
    expect(location).toMatchObject({ ...forge().branch, host: undefined, node: 'seed-self' })
    const bytes = Buffer.from((await forge().server.repository.read(SEED_BRANCH, SEED_FILE)) ?? '')
    expect(pinnedSeed(readPins(bytes, location, flake), 'x86_64-linux', flake)).toEqual(seed('2'))
  })

  test.each([
    ['Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['another indentation and order, and no line end at the end', reversed]
  ])('is taken in a lock file with %s', async (_, layout) => {
    const pins = await forge().pin('3')
    const flake = writeFlake('layout', [library, seedInput(forge().branch)])
    writeLock(flake, withNewSeedNode(layout(unpinned), { ...forge().branch, ...first.locked }, flake))
    await expectTaken(forge(), flake, first)
    writeLock(flake, withLockedNode(lockOf(flake), 'seed-self', pins.locked, flake))
    await expectTaken(forge(), flake, pins)
  })

  test('fails in Nix too where the hash is another', async () => {
    const flake = writeFlake('tampered', [library, seedInput(forge().branch)])
    const pins = await forge().pin('4')
    const locked = { ...pins.locked, narHash: narHashOfTree([{ path: SEED_FILE, bytes: Buffer.from('other') }]) }
    writeLock(flake, withNewSeedNode(unpinned, { ...forge().branch, ...locked }, flake))
    const read = await forge().nix('eval', '--raw', `path:${flake}#pins`)
    expect(read.code).not.toBe(0)
    expect(read.stderr).toContain(pins.locked.narHash)
    const location = pinLocation(parseFlakeLock(lockOf(flake), flake), flake)
    expect(() => readPins(pins.bytes, location, flake)).toThrow(
      expect.objectContaining({ code: 'PIN_INVALID', message: expect.stringContaining(pins.locked.narHash) })
    )
  })

  test('needs room in the arguments of outputs, and is fetched by nothing that does not use it', async () => {
    const pins = await forge().pin('5')
    const edited = withNewSeedNode(unpinned, { ...forge().branch, ...pins.locked }, 'flake.lock')
    const strict = writeFlake('strict', [library, seedInput(forge().branch)], 'lib')
    writeLock(strict, edited)
    const refused = await forge().nix('eval', `path:${strict}#plain`)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("unexpected argument 'seed-self'") })
    const named = writeFlake('named', [library, seedInput(forge().branch)], 'lib, seed-self')
    writeLock(named, edited)
    const asked = forge().server.calls.length
    expect(await forge().nix('eval', `path:${named}#plain`)).toMatchObject({ code: 0, stdout: '1\n' })
    expect(forge().server.calls.slice(asked)).toEqual([])
  })

  test.each([
    ['before ours, whose name Nix has given to it', 'alib', 'seed-self_2'],
    ['behind ours, which would have got the name from Nix', 'zlib', 'seed-self_2']
  ])('lives beside that of an input %s', async (_, name, node) => {
    const pins = await forge().pin('6')
    const inner = await writeLibrary(forge(), `taken/${name}`, [seedInput(forge().branch)])
    const flake = writeFlake(`taken-${name}`, [inner])
    expect(await forge().nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    const before = lockOf(flake)
    writeFlake(`taken-${name}`, [inner, seedInput(forge().branch)])
    const edited = withNewSeedNode(before, { ...forge().branch, ...pins.locked }, flake)
    writeLock(flake, edited)
    expect(pinLocation(parseFlakeLock(edited, flake), flake).node).toBe(node)
    await expectTaken(forge(), flake, pins)
  })

  test('was never asked for in a way that GitHub would not know', () => {
    expect(forge().server.violations).toEqual([])
  })
})

test('a lock file without any input gets its first one', async () => {
  const forge = new Forge(await GitHubServer.start({ tls: true }))
  try {
    const pins = await forge.pin('1')
    const flake = writeFlake('alone', [seedInput(forge.branch)])
    const empty = '{\n  "nodes": {\n    "root": {}\n  },\n  "root": "root",\n  "version": 7\n}\n'
    writeLock(flake, withNewSeedNode(empty, { ...forge.branch, ...pins.locked }, flake))
    await expectTaken(forge, flake, pins)
    const edited = lockOf(flake)
    writeLock(flake, empty)
    expect(await forge.nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    expect(lockOf(flake)).toBe(edited)
  } finally {
    await forge.server.close()
  }
})

describe('the pin of a project on an Enterprise host', () => {
  const forge = useForge({ kind: 'enterprise', host: 'pins.example.test' })

  test('starts and moves on as Nix would write it', async () => {
    const library = await writeLibrary(forge(), 'enterprise-lib')
    const flake = writeFlake('enterprise', [library])
    expect(await forge().nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    const first = await forge().pin('1')
    writeFlake('enterprise', [library, seedInput(forge().branch)])
    const edited = withNewSeedNode(lockOf(flake), { ...forge().branch, ...first.locked }, flake)
    expect(await forge().nix('flake', 'lock', `path:${flake}`)).toMatchObject({ code: 0 })
    expect(edited).toBe(lockOf(flake))
    await expectTaken(forge(), flake, first)

    const location = pinLocation(parseFlakeLock(edited, flake), flake)
    expect(location).toMatchObject({ ...forge().branch, rev: first.locked.rev, narHash: first.locked.narHash })
    const second = await forge().pin('2')
    writeLock(flake, withLockedNode(edited, location.node, second.locked, flake))
    await expectTaken(forge(), flake, second)
    expect(forge().server.violations).toEqual([])
  })
})

/** The same document with every object's members the other way round. */
function reversed(text: string): string {
  const turn = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([name, member]) => [name, turn(member)])
        )
      : value
  return JSON.stringify(turn(JSON.parse(text)), undefined, '\t')
}
