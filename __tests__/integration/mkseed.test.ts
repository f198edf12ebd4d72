import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { TREE } from '../../lab/folder.ts'
import { materialize } from '../../lab/packages/materialize.ts'
import { realise } from '../../src/nix/evaluate.ts'
import { readFlake } from '../../src/nix/flake.ts'
import { silentLog, silentProgress } from '../../src/ports.ts'
import { makeCut } from '../../src/seed/cut.ts'
import { parseDescriptor } from '../../src/seed/descriptor.ts'
import type { SeedDescriptor } from '../../src/seed/descriptor.ts'
import { realiseCut } from '../../src/seed/realisation.ts'
import { docker, dockerRun, output, requireLab, run, useService, useTempFolder } from '../support/lab.ts'

const TIMEOUT_MS = 300_000
const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'
const NIX = join(TREE, 'nix')

requireLab()
const folder = useTempFolder()

const evaluate = (expression: string) => run(['nix', 'eval', '--impure', '--json', '--expr', expression])
const names = (paths: readonly string[]) => paths.map(path => path.replace(/^\/nix\/store\/[^-]+-/, ''))

test('the evaluation tests of the library hold', async () => {
  const failures = await output(['nix', 'eval', '--json', '--file', join(NIX, 'tests')])
  expect(JSON.parse(failures)).toEqual([])
})

describe('an argument', () => {
  /** What the error says when the seed of a small flake is made with these arguments. */
  async function failure(args: string): Promise<string> {
    const { code, stderr } = await evaluate(`
      let
        pkgs = import ${NIX}/tests/packages.nix;
        tree = "\${builtins.path { path = ${NIX}/tests/project; name = "source"; }}";
        self = { outPath = tree; inputs = { }; };
      in (import ${NIX}/mkseed.nix (${args})).drvPath`)
    expect(code).not.toBe(0)
    return stderr
  }

  test.each([
    ['{ inherit pkgs self; nam = "x"; }', /unknown argument 'nam'; the arguments are 'contents', 'debugTools', 'name'/],
    ['{ inherit self; }', /argument 'pkgs' is missing; pass a nixpkgs package set/],
    ['{ inherit pkgs; }', /argument 'self' is missing; pass the project's flake/],
    ['[ pkgs self ]', /takes one set of arguments: 'contents'/],
    ['{ inherit self; pkgs = "nixpkgs"; }', /argument 'pkgs' is string "nixpkgs"; pass a nixpkgs package set/],
    ['{ inherit pkgs; self = ./.; }', /argument 'self' is a path; pass the project's flake/],
    ['{ inherit pkgs self; name = "Seed"; }', /argument 'name' is string "Seed"; pass an image name of lower-case/],
    ['{ inherit pkgs self; nix = "2.34"; }', /argument 'nix' is string "2.34"; pass a derivation of Nix/],
    ['{ inherit pkgs self; nixConf = 1; }', /argument 'nixConf' is int 1; pass a set of Nix settings, or the text/],
    [
      '{ inherit pkgs self; nixConf.cores = null; }',
      /argument 'nixConf' has the setting 'cores', which is a null; pass/
    ],
    [
      '{ inherit pkgs self; substitutes = "https://x"; }',
      /argument 'substitutes' is string "https:\/\/x"; pass a list/
    ],
    [
      '{ inherit pkgs self; substitutes = [ { url = "x"; } ]; }',
      /argument 'substitutes' holds a set; pass a list of URLs/
    ],
    [
      '{ inherit pkgs self; debugTools = [ "gdb" ]; }',
      /argument 'debugTools' holds string "gdb"; pass a list of deriv/
    ],
    ['{ inherit pkgs self; contents = [ 1 ]; }', /argument 'contents' holds int 1; pass a list of derivations or other/]
  ])(
    '%s is refused by name',
    async (args, message) => {
      const said = await failure(args)
      expect(said).toMatch(/mkSeed: /)
      expect(said).toMatch(message)
    },
    TIMEOUT_MS
  )

  test('of another platform is refused by name', async () => {
    const darwin = 'pkgs // { stdenv = pkgs.stdenv // { hostPlatform.system = "aarch64-darwin"; }; }'
    const said = await failure(`{ inherit self; pkgs = ${darwin}; }`)
    expect(said).toMatch(/argument 'pkgs' is for aarch64-darwin; seeds are made for x86_64-linux and aarch64-linux/)
  })
})

test('an output that cannot be evaluated is named', async () => {
  const { code, stderr } = await evaluate(`(import ${NIX}/cut.nix {
    system = "x86_64-linux";
    trees = [ ];
    self = {
      outPath = "\${builtins.path { path = ${NIX}/tests/project; name = "source"; }}";
      packages.x86_64-linux.broken = derivation { name = "broken"; system = "x86_64-linux"; builder = throw "no builder"; };
    };
  }).roots`)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/packages\.x86_64-linux\.broken, for the seed/)
  expect(stderr).toMatch(/no builder/)
})

describe('the example hello with a real package set', () => {
  const at = (...path: string[]) => join(folder(), ...path)
  const flake = () => `path:${at('hello')}`
  const source = () => at('hello', 'src', 'hello.c')
  const seed = (attribute: string) => `${flake()}#packages.${SYSTEM}.seed${attribute}`
  const evalSeed = (attribute: string) => output(['nix', 'eval', '--raw', seed(attribute)])
  const build = (installable: string) => output(['nix', 'build', '--no-link', '--print-out-paths', installable])

  let pinned = ''
  let descriptor: SeedDescriptor

  beforeAll(async () => {
    materialize('current', at('nixpkgs'))
    mkdirSync(at('nix-seed'))
    for (const name of ['flake.nix', 'nix']) cpSync(join(TREE, name), at('nix-seed', name), { recursive: true })
    cpSync(join(TREE, 'examples', 'hello'), at('hello'), { recursive: true })
    mkdirSync(at('seed-self'))
    writeFileSync(at('seed-self', 'seed.json'), '{}')
    const text = readFileSync(at('hello', 'flake.nix'), 'utf8')
    const input = `inputs = {\n    seed-self = { url = "path:${at('seed-self')}"; flake = false; };`
    writeFileSync(
      at('hello', 'flake.nix'),
      text.replace('inputs = {', input).replace('nix-seed,\n', 'nix-seed,\n ...\n')
    )
    const overrides = ['nixpkgs', 'nix-seed'].flatMap(name => ['--override-input', name, `path:${at(name)}`])
    await output(['nix', 'flake', 'lock', ...overrides, flake()])
    pinned = await output([
      'nix',
      'eval',
      '--raw',
      '--impure',
      '--expr',
      `(builtins.getFlake "${flake()}").inputs.seed-self.outPath`
    ])
    descriptor = parseDescriptor(readFileSync(await build(seed('.descriptor')), 'utf8'), 'descriptor')
  }, TIMEOUT_MS)

  test('locked inputs are in the seed, but not seed-self, which is not even fetched', async () => {
    const lock = JSON.parse(readFileSync(at('hello', 'flake.lock'), 'utf8')) as { nodes: Record<string, unknown> }
    expect(Object.keys(lock.nodes).sort()).toEqual(['nix-seed', 'nixpkgs', 'root', 'seed-self'])
    expect(descriptor.inputs).toHaveLength(2)
    expect(descriptor.inputs).not.toContain(pinned)

    await output(['nix', 'store', 'delete', pinned])
    rmSync(at('seed-self'), { recursive: true })
    await evalSeed('.descriptor.drvPath')
    expect(existsSync(pinned)).toBe(false)
  }, 60_000)

  test('changed source leaves the seed, its descriptor and nothing else as they were', async () => {
    const all = () =>
      Promise.all([
        evalSeed('.drvPath'),
        evalSeed('.descriptor.drvPath'),
        output(['nix', 'eval', '--raw', `${flake()}#hello.drvPath`])
      ])
    const before = await all()
    writeFileSync(source(), readFileSync(source(), 'utf8').replace('world', 'seed'))
    const after = await all()
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2))
    expect(after[2]).not.toBe(before[2])
  }, 60_000)

  test('the closure has the compiler and not the program', async () => {
    const paths = [...descriptor.roots, ...descriptor.inputs, descriptor.rootfs]
    const closure = names((await output(['nix-store', '--query', '--requisites', ...paths])).split('\n'))
    expect(closure.filter(name => name.startsWith('hello'))).toEqual([])
    for (const wanted of [/gcc/, /^nix-/, /git/, /bash/, /nodejs/, /stdenv/]) {
      expect(closure.filter(name => wanted.test(name))).not.toEqual([])
    }
    expect([...descriptor.roots]).toEqual([...descriptor.roots].sort())
  }, 60_000)

  test('the root file system is made of real files where engines read it', () => {
    const root = descriptor.rootfs
    for (const file of [
      'passwd',
      'group',
      'nsswitch.conf',
      'os-release',
      'gitconfig',
      'nix/nix.conf',
      'ssl/certs/ca-bundle.crt'
    ]) {
      const entry = readdirSync(join(root, 'etc', file, '..'), { withFileTypes: true }).find(
        ({ name }) => name === file.replace(/.*\//, '')
      )
      expect([file, entry?.isFile()]).toEqual([file, true])
    }
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toMatch(/^root:x:0:0:/)
    expect(readFileSync(join(root, 'etc/nix/nix.conf'), 'utf8')).toMatch(
      /^experimental-features = nix-command flakes$/m
    )
    const programs = readdirSync(join(root, 'bin'))
    for (const program of [
      'sh',
      'bash',
      'tail',
      'cat',
      'grep',
      'ls',
      'env',
      'id',
      'mkdir',
      'find',
      'sed',
      'tar',
      'gzip',
      'nix',
      'nix-store',
      'git',
      'node'
    ]) {
      expect(programs).toContain(program)
      expect([program, existsSync(join(root, 'bin', program))]).toEqual([program, true])
    }
    const libraries = descriptor.config.Env?.find(line => line.startsWith('LD_LIBRARY_PATH='))?.slice(16) ?? ''
    expect(readdirSync(join(root, libraries)).sort()).toEqual(['libgcc_s.so.1', 'libstdc++.so.6'])
  })

  test('the tools run', async () => {
    const { zstd, nix } = descriptor.tools
    expect(await output([zstd, '--version'])).toMatch(/zstd|Zstandard/i)
    expect(await output([nix ?? '', '--version'])).toMatch(/^nix \(Nix\) \d/)
    const erofs = descriptor.tools['erofs-utils']
    if (typeof erofs === 'string') expect((await run([erofs, '--version'])).stdout).toMatch(/mkfs\.erofs/)
  })

  test(
    'outside of a flake, the constants and the cut by derivation files make the same',
    async () => {
      const expression = `import ${NIX}/automatic.nix { flake = "${flake()}"; system = "${SYSTEM}"; }`
      const file = await output(['nix', 'build', '--impure', '--no-link', '--print-out-paths', '--expr', expression])
      const automatic = parseDescriptor(readFileSync(file, 'utf8'), file)
      const { outputs, ...others } = descriptor
      expect({ ...automatic, roots: [] }).toEqual({ ...others, roots: [] })

      // The cut by value and the cut by derivation files agree.
      const ports = { log: silentLog, progress: silentProgress, env: process.env, signal: new AbortController().signal }
      const made = await makeCut(await readFlake(flake(), ports), ports, { system: SYSTEM })
      const cut = await realise(made.wanted, ports)
      expect(cut.length).toBeGreaterThan(0)
      expect([...new Set([...automatic.roots, ...cut])].sort()).toEqual(descriptor.roots)

      // For each output, too; but for files in source trees, which only derivation files tell of.
      const realised = await realiseCut(made, ports)
      const isOwn = (path: string): boolean => cut.includes(path) && !automatic.roots.includes(path)
      const needs = [...realised.outputs].map(([name, paths]) => [name, paths.filter(isOwn)])
      expect(Object.fromEntries(needs)).toEqual(outputs)
      expect(outputs?.[`packages.${SYSTEM}.hello`]?.length).toBeGreaterThan(0)
    },
    TIMEOUT_MS
  )

  test('a flake without nixpkgs is told which input it needs', async () => {
    mkdirSync(at('bare'))
    writeFileSync(at('bare', 'flake.nix'), '{ outputs = _: { }; }')
    const { code, stderr } = await evaluate(
      `(import ${NIX}/automatic.nix { flake = "path:${at('bare')}"; system = "${SYSTEM}"; }).drvPath`
    )
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/none of the flake's inputs is nixpkgs .* inputs\.nixpkgs\.url = /)
  })

  describe('as a docker archive', () => {
    const service = useService('dockerd')
    // Built for any Linux with glibc, as the runner's is; the machine's own may be cut to its distribution.
    const node = join(TREE, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')

    /** Runs a script in a container as the Actions runner does: no entry point of its own, a foreign HOME. */
    const inContainer = (script: string) =>
      run(
        dockerRun(
          service(),
          '--rm',
          '--env',
          'HOME=/github/home',
          '--volume',
          `${at('home')}:/github/home`,
          '--volume',
          `${folder()}:${folder()}`,
          '--volume',
          `${node}:/__e/node24/bin/node:ro`,
          'seed:latest',
          'sh',
          '-c',
          script
        )
      )

    beforeAll(async () => {
      const archive = await build(seed(''))
      expect(await output(docker(service(), 'load', '--input', archive))).toMatch(/Loaded image: seed:latest/)
      mkdirSync(at('home'))
      await output(['git', 'init', '--quiet', at('checkout')])
      await output(['chown', '-R', '1001:1001', at('home'), at('hello'), at('checkout')])
    }, TIMEOUT_MS)

    test('it runs the programs of the runner', async () => {
      const script = `cat /etc/*release | grep ^ID; /__e/node24/bin/node --version; node --version; git --version; git -C ${at('checkout')} status --short; stat -c %a /tmp /var/tmp /root`
      const { code, stdout, stderr } = await inContainer(script)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/^ID=nix-seed\nv24\.\d+\.\d+\nv\d+\.\d+\.\d+\ngit version \S+\n1777\n1777\n700\n$/)
    }, 60_000)

    test('its store is complete and its database ready', async () => {
      const { code, stdout } = await inContainer(`
        nix-store --verify --check-contents 2>&1
        while read -r path; do nix-store --check-validity $path || exit 1; done < /nix/var/nix/gcroots/seed
        ls /nix/store | grep -v '^\\.' | wc -l; nix path-info --all 2>/dev/null | wc -l`)
      expect(code).toBe(0)
      expect(stdout).not.toMatch(/error|missing|not valid|disappeared/)
      const [present, valid] = stdout.trim().split('\n').slice(-2).map(Number)
      expect(valid).toBe(present)
    }, 120_000)

    test(
      'changed source is built, checked and entered in it, and nothing else',
      async () => {
        writeFileSync(source(), readFileSync(source(), 'utf8').replace('puts("', 'puts("Hello, world! '))
        const { code, stdout, stderr } = await inContainer(`
        cd ${at('hello')}
        nix build --no-link --print-out-paths path:. && nix flake check path:. && nix develop path:. -c true && nix run path:.`)
        expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
        expect(stdout).toMatch(/-hello-1\.0\n[^]*Hello, world! /)
        const built = [...stderr.matchAll(/building '\/nix\/store\/[^-]+-([^']+)\.drv'/g)].map(([, name]) => name)
        expect([...new Set(built)].sort()).toEqual(['hello-1.0', 'hello-greets', expect.stringMatching(/-env$/)])
      },
      TIMEOUT_MS
    )
  })
})
