import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Index } from '../../lab/packages/index.ts'
import { materialize } from '../../lab/packages/materialize.ts'
import { docker, dockerRun, output, requireLab, run, useService, useTempFolder } from '../support/lab.ts'

const TIMEOUT_MS = 300_000
const FIXTURE = join(import.meta.dirname, '../fixtures/package-set')
const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'

requireLab()
const folder = useTempFolder()
const at = (...names: string[]): string => join(folder(), ...names)

/** Copies the fixture to `project`, with the set as its input, and locks it. */
beforeAll(async () => {
  materialize('current', at('nixpkgs'))
  cpSync(FIXTURE, at('project'), { recursive: true })
  const text = readFileSync(join(FIXTURE, 'flake.nix'), 'utf8')
  writeFileSync(at('project', 'flake.nix'), text.replace('NIXPKGS', at('nixpkgs')))
  await output(['nix', 'flake', 'lock'], { cwd: at('project') })
}, TIMEOUT_MS)

/** Builds an output of the project; its store path. */
async function build(name: string, ...args: string[]): Promise<string> {
  return output(['nix', 'build', '--no-link', '--print-out-paths', ...args, `.#${name}`], { cwd: at('project') })
}

/** A package of the set itself. */
async function fromSet(name: string, ...args: string[]): Promise<string> {
  const installable = `path:${at('nixpkgs')}#legacyPackages.${SYSTEM}.${name}`
  return output(['nix', 'build', '--no-link', '--print-out-paths', ...args, installable])
}

/** Names of the paths in the closure, without hashes, sorted. */
async function closureNames(path: string): Promise<string[]> {
  const paths = (await output(['nix-store', '--query', '--requisites', path])).split('\n')
  return paths.map(one => one.replace(/^\/nix\/store\/[^-]+-/, '')).sort()
}

function readIndex(): Index {
  return JSON.parse(readFileSync(at('nixpkgs', 'index.json'), 'utf8')) as Index
}

describe('programs built with the set', () => {
  test(
    'C and C++ run, and need the C and C++ libraries alone',
    async () => {
      const path = await build('greet')
      expect(await output([join(path, 'bin/greet')])).toBe('greetings from C')
      expect(await output([join(path, 'bin/throw')])).toBe('caught in C++')
      const names = await closureNames(path)
      expect(names.map(name => name.replace(/-[\d.]+$/, ''))).toEqual(['gcc-lib', 'glibc', 'greet'])
    },
    TIMEOUT_MS
  )

  test(
    'CMake and ninja find Boost and OpenSSL',
    async () => {
      const path = await build('cpp')
      expect(await output([join(path, 'bin/app'), '--name', 'boost'])).toBe('BOOST 1 202')
      const names = await closureNames(path)
      expect(names.filter(name => /^(gcc-\d|cmake|boost|.*\.deb$|bootstrap)/.test(name))).toEqual([])
      expect(names.some(name => name.startsWith('libboost-filesystem'))).toBe(true)
    },
    TIMEOUT_MS
  )

  test(
    'cargo builds a crate without dependencies',
    async () => {
      expect(await output([join(await build('rust'), 'bin/app')])).toBe('greetings from Rust')
    },
    TIMEOUT_MS
  )

  test(
    'outputs, structured attributes, pkg-config and shebangs are as in nixpkgs',
    async () => {
      const said = readFileSync(join(await build('user'), 'said'), 'utf8')
      expect(said).toMatch(/^7 1\ntwo words\n#!\/nix\/store\/[a-z0-9]{32}-bash-[\d.]+\/bin\/sh\n$/)
    },
    TIMEOUT_MS
  )

  test(
    'overrideAttrs changes what it names and keeps the rest',
    async () => {
      expect(await build('renamed')).toMatch(/-greet-again-1\.0$/)
      expect(await output(['nix', 'eval', '--raw', '.#renamed.title'], { cwd: at('project') })).toBe('greet-again 1.0')
    },
    TIMEOUT_MS
  )
})

test(
  'the tools of the set work in the sandbox',
  async () => {
    expect(readFileSync(await build('tools'), 'utf8').split('\n')).toEqual([
      'node true function',
      expect.stringMatching(/^python (8\.0|7\.99)/),
      'git first',
      'nix 2',
      'jq 2',
      'zstd bytes',
      'sqlite 42',
      expect.stringMatching(/^openssl SHA2-256\(/),
      expect.stringMatching(/^certificates many/),
      ''
    ])
  },
  TIMEOUT_MS
)

test(
  'the Nix of the set evaluates flakes',
  async () => {
    const nix = join(await fromSet('nix'), 'bin/nix')
    const value = await output([nix, 'eval', '--raw', '.#greet.name'], { cwd: at('project') })
    expect(value).toBe('greet-1.0')
  },
  TIMEOUT_MS
)

test(
  'nix flake check, nix run and nix develop take the project',
  async () => {
    await output(['nix', 'flake', 'check'], { cwd: at('project') })
    expect(await output(['nix', 'run', '.#script'], { cwd: at('project') })).toBe('HELLO, WORLD!')
    const script =
      'echo $SHELL_HOOK; cd "$(mktemp -d)"; echo "int main(){}" > a.c; $CC a.c && ./a.out; jq -n 1; command -v cmake'
    const said = await output(['nix', 'develop', '--command', 'bash', '-c', script], { cwd: at('project') })
    expect(said.split('\n')).toEqual(['ran', '1', expect.stringMatching(/^\/nix\/store\/.*-cmake-[\d.]+\/bin\/cmake$/)])
  },
  TIMEOUT_MS
)

test(
  'buildEnv joins folders, and links a shared name that means the joined folder',
  async () => {
    const path = await build('joined')
    expect(readdirSync(path)).toEqual(['bin'])
    expect(readdirSync(join(path, 'bin'))).toEqual(expect.arrayContaining(['hello', 'jq', 'ls']))
  },
  TIMEOUT_MS
)

test(
  'closureInfo holds what nix-store --load-db takes',
  async () => {
    const path = await build('closure')
    const paths = readFileSync(join(path, 'store-paths'), 'utf8').trimEnd().split('\n')
    const root = at('root')
    mkdirSync(root)
    const env = { NIX_REMOTE: `local?root=${root}` }
    await output(['nix-store', '--load-db'], { env, input: readFileSync(join(path, 'registration')) })
    const hello = paths.find(one => one.includes('-hello-')) ?? ''
    const requisites = (await output(['nix-store', '--query', '--requisites', hello], { env })).split('\n')
    expect(requisites.length).toBeGreaterThan(1)
    expect(paths).toEqual(expect.arrayContaining(requisites))
  },
  TIMEOUT_MS
)

test(
  'programs of the set find each library in the store',
  async () => {
    const loader = join(
      await fromSet('glibc'),
      'lib',
      SYSTEM === 'x86_64-linux' ? 'ld-linux-x86-64.so.2' : 'ld-linux-aarch64.so.1'
    )
    const programs = [
      ['nix', 'bin/nix'],
      ['nodejs', 'bin/node'],
      ['curl', 'bin/curl'],
      ['python3', 'bin/python3'],
      ['cargo', 'bin/cargo'],
      ['gcc-unwrapped', 'bin/gcc']
    ] as const
    for (const [name, program] of programs) {
      const listed = await output([loader, '--list', join(await fromSet(name), program)])
      const libraries = listed.split('\n').filter(line => !/linux-vdso|linux-gate/.test(line))
      expect(libraries.filter(line => !/(^|=> )\s*\/nix\/store\//.test(line))).toEqual([])
    }
  },
  TIMEOUT_MS
)

describe('a layered image', () => {
  const dockerd = useService('dockerd')

  test(
    'is a docker archive that skopeo reads and docker runs',
    async () => {
      const image = await build('image')
      const seen = JSON.parse(await output(['skopeo', 'inspect', '--config', `docker-archive:${image}`])) as {
        rootfs: { diff_ids: string[] }
        config: { Env: string[] }
      }
      expect(seen.rootfs.diff_ids).toHaveLength(6)
      expect(seen.config.Env).toContain('PATH=/bin')

      await output(docker(dockerd(), 'load', '--input', image))
      expect(await output(dockerRun(dockerd(), '--rm', 'greet:test'))).toBe('Hello, world!')
      const script = 'stat -c %a /tmp; cat /etc/made; nix-store --query --requisites $(readlink -f /bin/nix) | wc -l'
      expect(await output(dockerRun(dockerd(), '--rm', 'greet:test', 'sh', '-c', script))).toMatch(/^1777\nmade\n\d\d$/)
    },
    TIMEOUT_MS
  )

  test(
    'is the same each time',
    async () => {
      await build('image')
      await build('image', '--rebuild')
    },
    TIMEOUT_MS
  )
})

test(
  'a unit is the same each time, byte code included',
  async () => {
    for (const name of ['python3', 'nix', 'boost']) {
      await fromSet(name)
      await fromSet(name, '--rebuild')
    }
  },
  TIMEOUT_MS
)

test('functions of lib mean what they mean in nixpkgs', async () => {
  const cases: [expression: string, value: unknown][] = [
    ['lib.genAttrs [ "a" "b" ] (name: name + name)', { a: 'aa', b: 'bb' }],
    ['lib.filterAttrs (_: value: value > 1) { a = 1; b = 2; }', { b: 2 }],
    ['lib.mapAttrs\' (name: lib.nameValuePair (name + "x")) { a = 1; }', { ax: 1 }],
    ['lib.recursiveUpdate { a.b = 1; a.c = 2; } { a.b = 3; }', { a: { b: 3, c: 2 } }],
    ['lib.unique [ 1 2 1 ] ++ lib.take 1 [ 7 8 ] ++ lib.optionals false [ 9 ]', [1, 2, 7]],
    ['lib.splitString "." "a.b.c"', ['a', 'b', 'c']],
    ['lib.escapeShellArg "it\'s"', "'it'\\''s'"],
    ['lib.removeSuffix ".nix" (lib.removePrefix "./" "./a.nix")', 'a'],
    ['lib.versionAtLeast "2.10" "2.9" && lib.versionOlder "2.9" "2.10"', true],
    ['lib.fix (lib.extends (final: prev: { b = prev.a + final.c; }) (final: { a = 1; c = 2; }))', { a: 1, b: 3, c: 2 }],
    ['lib.pipe 1 [ (x: x + 1) (x: x * 5) ]', 10],
    ['(lib.systems.elaborate "aarch64-linux").config', 'aarch64-unknown-linux-gnu'],
    ['lib.getExe { meta.mainProgram = "m"; outPath = "/p"; name = "p"; }', '/p/bin/m'],
    [
      'builtins.attrNames (builtins.readDir "${lib.fileset.toSource { root = project; fileset = lib.fileset.unions [ (project + "/cpp/app.cc") (project + "/rust/src") ]; }}/cpp")',
      ['app.cc']
    ]
  ]
  const bindings = `lib = import ${at('nixpkgs')}/lib; project = ${at('project')};`
  const list = cases.map(([expression]) => `(${expression})`).join('\n')
  const values = await output(['nix', 'eval', '--impure', '--json', '--expr', `let ${bindings} in [ ${list} ]`])
  expect(JSON.parse(values)).toEqual(cases.map(([, value]) => value))
})

describe('the flake of the set', () => {
  test('is small enough to be part of every seed', async () => {
    const bytes = Number((await output(['du', '--bytes', '--summarize', at('nixpkgs')])).split('\t')[0])
    expect(bytes).toBeLessThan(300_000)
    expect(statSync(at('nixpkgs', 'index.json')).size).toBeLessThan(150_000)
  })

  test('moves exactly what depends on a changed package', async () => {
    const index = readIndex()
    const paths = async (set: string): Promise<Record<string, string>> => {
      const apply = 'units: builtins.mapAttrs (_: unit: unit.outPath) units'
      const installable = `path:${set}#legacyPackages.${SYSTEM}.units`
      return JSON.parse(await output(['nix', 'eval', '--json', installable, '--apply', apply])) as Record<
        string,
        string
      >
    }
    const before = await paths(at('nixpkgs'))
    const changed = at('changed')
    materialize('current', changed)
    const zlib = index.units['zlib1g']
    if (zlib === undefined) throw new Error('no zlib1g in the index')
    zlib.version = '99'
    writeFileSync(join(changed, 'index.json'), JSON.stringify(index))
    const after = await paths(changed)

    const needs = new Map<string, boolean>()
    const needsZlib = (unit: string): boolean => {
      const known = needs.get(unit)
      if (known !== undefined) return known
      const answer = unit === 'zlib1g' || (index.units[unit]?.deps ?? []).some(needsZlib)
      needs.set(unit, answer)
      return answer
    }
    const expected = Object.keys(index.units).filter(needsZlib)
    const moved = Object.keys(after).filter(unit => after[unit] !== before[unit])
    expect(moved.sort()).toEqual(expected.sort())
    expect(expected.length).toBeGreaterThan(20)
    expect(expected.length).toBeLessThan(Object.keys(index.units).length - 20)
  }, 60_000)

  test('says what to do where a package was not fetched', async () => {
    const index = readIndex()
    const hello = index.units['hello']
    if (hello === undefined) throw new Error('no hello in the index')
    hello.debs['hello'] = '0'.repeat(64)
    const lacking = at('lacking')
    materialize('current', lacking)
    writeFileSync(join(lacking, 'index.json'), JSON.stringify(index))
    const { code, stderr } = await run(['nix', 'build', '--no-link', `path:${lacking}#legacyPackages.${SYSTEM}.hello`])
    expect(code).not.toBe(0)
    expect(stderr).toContain('hello.deb is not in the store. Prepare the package set where there is a network')
  }, 60_000)

  test('says that it has no network where something has to be fetched', async () => {
    const { code, stderr } = await run(['nix', 'build', '--no-link', '.#missing'], { cwd: at('project') })
    expect(code).not.toBe(0)
    expect(stderr).toContain(
      'https://example.org/missing.tar.gz is not in the store, and this package set has no network'
    )
  }, 60_000)

  test('is not written over a folder that holds something else', () => {
    mkdirSync(at('other'))
    writeFileSync(at('other', 'notes.txt'), 'mine')
    expect(() => materialize('current', at('other'))).toThrow(/is not empty and holds no package set/)
    expect(readFileSync(at('other', 'notes.txt'), 'utf8')).toBe('mine')
  })

  test('refuses another system by its name', async () => {
    const other = SYSTEM === 'x86_64-linux' ? 'aarch64-linux' : 'x86_64-linux'
    const { code, stderr } = await run(['nix', 'eval', `path:${at('nixpkgs')}#legacyPackages.${other}.hello.name`])
    expect(code).not.toBe(0)
    expect(stderr).toContain(`This package set was made for ${SYSTEM}; it holds nothing for ${other}.`)
  }, 60_000)
})
