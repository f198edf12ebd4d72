import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { queryClosure } from '../../src/nix/closure.ts'
import { currentSystem } from '../../src/nix/evaluate.ts'
import { readFlake } from '../../src/nix/flake.ts'
import { seedSelfNode } from '../../src/nix/flake-lock.ts'
import { sourceTreePath } from '../../src/nix/store-path.ts'
import type { Repository } from '../../src/oci/types.ts'
import type { Cut } from '../../src/seed/cut.ts'
import { makeCut } from '../../src/seed/cut.ts'
import type { SeedImage } from '../../src/seed/image.ts'
import { readLockKey } from '../../src/seed/key.ts'
import { undoMount } from '../../src/seed/mount/undo.ts'
import { realiseCut } from '../../src/seed/realisation.ts'
import { restoreSeed, type RestoreOptions } from '../../src/seed/restore.ts'
import { failureOf } from '../support/failure.ts'
import { requireLab, run, withNixFolder } from '../support/lab.ts'
import { PACKAGES_FLAKE, testPorts, useWorkshop } from '../support/nix-flake.ts'
import { Opened } from '../support/opened.ts'
import { publishPaths } from '../support/small-seed.ts'

requireLab()
jest.setTimeout(120_000)

const workshop = useWorkshop()
let system: string

beforeAll(async () => {
  const { ports, write } = workshop()
  system = await currentSystem(ports)
  write({ 'packages/flake.nix': PACKAGES_FLAKE, 'data/file': 'data\n' })
})

/** A flake with `packages` and `data` as inputs; `p` and `outputs` are in scope of the outputs. */
const flake = (outputs: string, inputs = '') => `
{
  inputs.nixpkgs.url = "path:${workshop().path('packages')}";
  inputs.data = { url = "path:${workshop().path('data')}"; flake = false; };
  ${inputs}
  outputs = inputs@{ self, nixpkgs, data, ... }:
    let system = "${system}"; p = nixpkgs.legacyPackages.\${system}; inherit (p) mk; in ${outputs};
}
`
const cutOf = async (reference: string) => {
  const { folder, ports } = workshop()
  return makeCut(await readFlake(reference, ports, { cwd: folder }), ports)
}
/** `name!output` of everything wanted, sorted: readable, and independent of hashes. */
const wanted = (cut: Cut) =>
  cut.wanted.flatMap(({ drvPath, outputs }) => outputs.map(output => `${drvPath.slice(44, -4)}!${output}`)).sort()
const names = (paths: readonly string[]) => paths.map(path => path.slice(44)).sort()

describe('a flake with packages, checks, apps and dev shells', () => {
  const outputs = () => `
    let
      filtered = builtins.path {
        name = "filtered";
        path = ./src;
        filter = path: type: baseNameOf path != "ignored";
      };
      local = mk "local" { inherit (p) library; src = ./src; };
      vendor = mk "vendor" {
        src = ./src;
        fetch = mk "fetcher" { };
        outputHash = builtins.hashString "sha256" "vendor\\n";
        outputHashAlgo = "sha256";
        outputHashMode = "flat";
      };
      main = mk "main" {
        inherit local;
        flags = "--with=\${p.tool.dev}/include";
        patches = [ ./fix.patch p.patch ];
        vendored = mk "unpacked" { inherit vendor; };
      };
    in {
      packages.\${system} = {
        default = main;
        inherit (p) plain;
        seed = { type = "derivation"; isNixSeed = true; drvPath = throw "a seed is not evaluated"; };
        odd = { };
      };
      checks.\${system} = {
        style = mk "style" { inherit (p) checker; src = filtered; };
        all = p.compiler;
        revision = mk "revision" { rev = self.rev or self.dirtyRev or "none"; };
      };
      apps.\${system} = {
        run = { type = "app"; program = "\${main}/bin/main"; };
        other = { type = "app"; program = "\${mk "app" { inherit (p) shell-tool; script = ./run.sh; }}/bin/app"; };
      };
      devShells.\${system}.default = mk "shell" {
        inputs = [ p.shell-tool local ];
        config = builtins.toFile "settings" "text";
      };
    }`
  let cut: Cut

  beforeAll(async () => {
    const { write, lock } = workshop()
    write({
      'full/flake.nix': flake(outputs()),
      'full/src/code': 'one\n',
      'full/src/ignored': 'one\n',
      'full/fix.patch': 'patch\n',
      'full/run.sh': 'run\n'
    })
    await lock('full', { git: true })
    cut = await cutOf('./full')
  })

  test('wants what its own derivations use of others, and nothing else', () => {
    expect(wanted(cut)).toEqual([
      'bash-interactive!out', // for nix develop
      'checker!out',
      'compiler!dev', // a check of the flake that is not its own: all outputs
      'compiler!out',
      'library!out', // behind another local derivation
      'patch!out',
      'plain!out', // a package of the flake that is not its own
      'shell-tool!out',
      'tool!dev', // by interpolation alone
      'unpacked!out' // depends on the source only through an output that is fixed by its hash
    ])
  })

  test('names the source trees of all inputs, and sources that are not its own', async () => {
    expect(names(cut.inputs)).toEqual(['source', 'source'])
    expect(names(cut.sources)).toEqual(['settings'])
    for (const path of [...cut.inputs, ...cut.sources]) expect(existsSync(path)).toBe(true)
  })

  test('evaluates no seed, and says what it leaves out', () => {
    expect(cut.targets.map(({ attribute }) => attribute)).not.toContain(`packages.${system}.seed`)
    expect(workshop().ports.lines).toEqual(
      expect.arrayContaining([
        `left out: packages.${system}.seed: it is a seed`,
        `left out: packages.${system}.odd: it is no derivation`
      ])
    )
  })

  test('tells what each output needs, and what all of them do', async () => {
    const { outputs, roots } = await realiseCut(cut, workshop().ports)
    const kindAndName = (attribute: string) => attribute.replace(`.${system}.`, '.')
    const needs = Object.fromEntries([...outputs].map(([name, paths]) => [kindAndName(name), names(paths)]))
    const main = ['library', 'patch', 'tool-dev', 'unpacked']
    expect(needs).toEqual({
      'apps.other': ['shell-tool'],
      'apps.run': main,
      'checks.all': ['compiler', 'compiler-dev'],
      'checks.revision': [],
      'checks.style': ['checker'],
      'devShells.default': ['library', 'settings', 'shell-tool'],
      'packages.default': main,
      'packages.plain': ['plain']
    })
    const ofOutputs = new Set([...outputs.values()].flat())
    expect(names(roots.filter(root => !ofOutputs.has(root)))).toEqual(['bash-interactive', 'source', 'source'])
    expect([...outputs.keys()]).toEqual([...outputs.keys()].sort())
  })

  test('realises just that', async () => {
    const { ports } = workshop()
    const { roots } = await realiseCut(cut, ports)
    const closure = await queryClosure(roots, ports)
    expect(names(closure.map(({ path }) => path))).toEqual(
      [
        ...['bash-interactive', 'checker', 'compiler', 'compiler-dev', 'library', 'patch', 'plain', 'settings'],
        ...['shell-tool', 'source', 'source', 'tool-dev', 'unpacked']
      ].sort()
    )
    expect(roots).toEqual([...roots].sort())
  })

  test('is enough to build from an empty store, where only its own derivations are built', async () => {
    const { ports, path, run: inFolder } = workshop()
    const store = path('empty-store')
    const { roots } = await realiseCut(cut, ports)
    await inFolder('full', 'nix', 'copy', '--no-check-sigs', '--to', store, ...roots)
    const installables = [
      'packages.SYSTEM.default',
      'checks.SYSTEM.style',
      'checks.SYSTEM.all',
      'checks.SYSTEM.revision'
    ].map(attribute => `.#${attribute.replace('SYSTEM', system)}`)
    const build = withNixFolder(`${store}/nix`, ['nix', 'build', '--no-link', '--print-build-logs', ...installables])
    const { code, stderr } = await run(build, { cwd: path('full'), env: ports.env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('building') })
    const built = [...stderr.matchAll(/^building '\/nix\/store\/.{32}-(.*)\.drv'/gm)].map(([, name]) => name)
    expect(built.sort()).toEqual(['local', 'main', 'revision', 'style'])
  })

  describe.each(['unpack', 'mount'] as const)('restored for one output, by %s', strategy => {
    const opened = new Opened()
    const root = () => workshop().path(`for-${strategy}`)
    let repository: Repository
    let image: SeedImage
    let bytes: number

    beforeAll(async () => {
      const { ports, path } = workshop()
      const { roots, outputs } = await realiseCut(cut, ports)
      repository = opened.repository(`oci:${path(`layout-${strategy}`)}`)
      const more = { inputs: cut.inputs, outputs: Object.fromEntries(outputs) }
      image = await publishPaths(roots, repository, path(strategy), more)
      const layers = strategy === 'mount' ? image.erofs?.layers : image.layers
      bytes = (layers ?? []).reduce((sum, { size }) => sum + size, 0)
    })
    afterAll(async () => {
      await undoMount(root(), workshop().ports)
      await opened.close()
    })

    const restore = (options: RestoreOptions) => {
      const { ports, path } = workshop()
      return restoreSeed(image, repository, root(), ports, { cache: { folder: path('cache') }, ...options })
    }
    const nix = (...args: string[]) => workshop().run('full', 'nix', ...args, '--store', root())
    const built = async (attribute: string) => {
      const build = ['nix', 'build', '--store', root(), '--offline', '--no-link', '--print-build-logs']
      const { path, ports } = workshop()
      const { code, stderr } = await run([...build, `.#${attribute}`], { cwd: path('full'), env: ports.env })
      expect({ code, stderr }).toMatchObject({ code: 0 })
      return [...stderr.matchAll(/^building '\/nix\/store\/.{32}-(.*)\.drv'/gm)].map(([, name]) => name).sort()
    }
    const stored = () =>
      readdirSync(`${root()}/nix/store`)
        .filter(name => name !== '.links') // made by Nix
        .map(name => name.slice(33))
        .sort()
    const needed = ['bash-interactive', 'library', 'patch', 'source', 'source', 'tool-dev', 'unpacked']

    test('it has what this needs, and a closed database of just that', async () => {
      const restored = await restore({ strategy, for: [`.#packages.${system}.default`] })
      const selected = [`packages.${system}.default`]
      expect(restored).toMatchObject({ strategy, selected, paths: needed.length, present: 0, layers: needed.length })
      expect(restored.seedPaths).toBe(13)
      expect(restored.bytes).toBeLessThan(bytes)
      expect(stored()).toEqual(needed)
      const known = (await nix('path-info', '--all')).split('\n')
      expect(names(known)).toEqual(needed)
      expect((await nix('path-info', '--recursive', ...known)).split('\n').sort()).toEqual(known.sort())
      await workshop().run('full', 'nix-store', '--store', root(), '--verify', '--check-contents')
      expect(readdirSync(`${root()}/nix/var/nix/gcroots/nix-seed`)).toHaveLength(needed.length)
    })

    test('that is built offline, of its own derivations alone, and another is not', async () => {
      expect(await built(`packages.${system}.default`)).toEqual(['local', 'main'])
      // Of the lab's packages; of real ones, this would be the end.
      expect(await built(`checks.${system}.all`)).toEqual(['behind-compiler', 'compiler'])
    })

    test('it can have the rest later, beside what was written', async () => {
      const more = await restore({ strategy: 'unpack', for: ['style'] })
      expect(more).toMatchObject({ paths: 4, present: 3, layers: 1 })
      expect(await built(`checks.${system}.style`)).toEqual(['style'])
      if (strategy === 'mount') {
        await expect(restore({ strategy })).rejects.toMatchObject({
          code: 'PLATFORM',
          message: 'the seed cannot be mounted: a seed is mounted there already'
        })
      }
      const all = await restore({ strategy: 'unpack' })
      expect(all).toMatchObject({ strategy: 'unpack', paths: 13, seedPaths: 13 })
      expect(all).not.toHaveProperty('selected')
      expect(await restore({ strategy })).toMatchObject({ strategy, present: 13, bytes: 0 })
      await workshop().run('full', 'nix-store', '--store', root(), '--verify', '--check-contents')
      expect(stored()).toEqual(expect.arrayContaining(['main', 'style', 'shell-tool', 'settings', 'compiler-dev']))
    })

    test('a seed that does not tell what outputs need is restored as a whole, with a warning', async () => {
      const { ports, path } = workshop()
      const { outputs: _, ...table } = image.config['dev.nix-seed']
      const older = { ...image, config: { ...image.config, 'dev.nix-seed': table } }
      const place = path(`older-${strategy}`)
      const options = { strategy, cache: { folder: path('cache') }, for: ['whatever'] }
      const restored = await restoreSeed(older, repository, place, ports, options)
      await undoMount(place, ports)
      expect(restored).toMatchObject({ strategy, paths: 13, seedPaths: 13 })
      expect(restored).not.toHaveProperty('selected')
      expect(ports.lines).toContain(
        'the seed does not tell what each output needs, so all of it is restored: publish it again for that'
      )
    })

    test('an output that the seed does not know is refused with those that it does, and nothing happens', async () => {
      const { code, message, hint } = await failureOf(restore({ strategy, for: ['style', 'mane'] }))
      expect({ code, message }).toEqual({ code: 'USAGE', message: 'the seed knows no output "mane"' })
      for (const attribute of cut.outputs.keys()) expect(hint).toContain(attribute)
    })
  })

  test('stays the same when the source changes, and with it the lock key', async () => {
    const { write, run: inFolder, path } = workshop()
    const key = await readLockKey(path('full/flake.lock'))
    write({
      'full/src/code': 'two\n',
      'full/fix.patch': 'other\n',
      'full/run.sh': 'faster\n',
      'full/new': 'untracked\n'
    })
    const dirty = await cutOf('./full')
    expect(dirty.targets).not.toEqual(cut.targets)
    expect(dirty.identity).toBe(cut.identity)
    expect(wanted(dirty)).toEqual(wanted(cut))
    await inFolder('full', 'git', 'commit', '--quiet', '--all', '--message', 'second')
    expect((await cutOf('./full')).identity).toBe(cut.identity)
    expect(await readLockKey(path('full/flake.lock'))).toBe(key)
  })

  test('changes with a dependency', async () => {
    const { write } = workshop()
    write({ 'full/flake.nix': flake(outputs().replace('inherit (p) library;', 'inherit (p) library plain;')) })
    const wider = await cutOf('./full')
    expect(wanted(wider)).toEqual(wanted(cut))
    expect(wider.identity).not.toBe(cut.identity) // another output needs it, too
    write({ 'full/flake.nix': flake(outputs().replace('inherit (p) library;', 'library = p.library.dev;')) })
    const changed = await cutOf('./full')
    expect(changed.identity).not.toBe(cut.identity)
    expect(wanted(changed)).toContain('library!dev')
  })

  test('is another with other licences of what it wants, and not with those of its own outputs', async () => {
    const { write } = workshop()
    const licensed = async (license: string, own: string) => {
      const changed = outputs()
        .replace('{ inherit (p) library;', `{ library = p.library // { meta.license = "${license}"; };`)
        .replace('default = main;', `default = main // { meta.license = "${own}"; };`)
      write({ 'full/flake.nix': flake(changed) })
      return cutOf('./full')
    }
    const one = await licensed('MIT', 'MIT')
    const other = await licensed('GPL-3.0-only', 'MIT')
    const library = Object.keys(other.licenses).find(path => path.endsWith('-library'))
    expect(other.licenses[library ?? '']).toEqual(['GPL-3.0-only'])
    expect(wanted(other)).toEqual(wanted(one))
    expect(other.identity).not.toBe(one.identity)
    const ownChanged = await licensed('MIT', 'GPL-3.0-only')
    expect(ownChanged.identity).toBe(one.identity)
    expect(ownChanged.licenses).toEqual(one.licenses)
  })

  test('leaves nothing behind in the folder for temporary files', () => {
    expect(readdirSync(workshop().path('tmp'))).toEqual([])
  })
})

describe('every way to use the source taints', () => {
  const ways: [string, string][] = [
    ['a folder', 'src = ./src;'],
    ['the whole tree', 'src = ./.;'],
    ['a file in a string', 'src = "${./src/code}";'],
    ['self', 'src = self;'],
    ['a path in self', 'src = "${self}/src";'],
    ['self.outPath', 'src = self.outPath;'],
    [
      'builtins.path with a filter',
      'src = builtins.path { path = ./.; name = "x"; filter = p: _: baseNameOf p != "no"; };'
    ],
    ['builtins.filterSource', 'src = builtins.filterSource (p: _: baseNameOf p != "no") ./.;'],
    ['a file among others in a folder of links', 'src = ./linked;'],
    ['the commit', 'rev = self.rev;'],
    ['its short form', 'rev = self.shortRev;'],
    ['its count', 'rev = toString self.revCount;'],
    ['its time', 'rev = self.lastModifiedDate;'],
    ['the hash of the tree', 'rev = self.narHash;'],
    ['toFile with a reference', 'src = builtins.toFile "x" "${./src/code}";'],
    ['a derivation file', 'drv = (mk "inner" { src = ./src; }).drvPath;']
  ]
  let cut: Cut

  beforeAll(async () => {
    const { write, lock, path } = workshop()
    const checks = ways.map(([, way], i) => `way-${i} = mk "way-${i}" { inherit (p) tool; ${way} };`).join('\n')
    write({
      'ways/flake.nix': flake(
        `{ checks.\${system} = { ${checks} config = mk "config" { text = builtins.readFile ./config; }; }; }`
      ),
      'ways/src/code': 'x',
      'ways/linked/file': 'x',
      'ways/config': 'settings'
    })
    symlinkSync('file', path('ways/linked/link'))
    mkdirSync(path('ways/src/odd name é'))
    write({ 'ways/src/odd name é/-x': '', 'ways/src/script': '#!/bin/sh\n' })
    chmodSync(path('ways/src/script'), 0o755)
    await lock('ways', { git: true })
    cut = await cutOf('./ways')
  })

  test.each(ways.map(([name], i) => [name, i]))('%s', (_, i) => {
    expect(wanted(cut)).not.toContain(`way-${i}!out`)
  })

  test('but text that evaluation reads is configuration, and what is made from it is wanted', () => {
    expect(wanted(cut)).toEqual(['config!out', 'tool!out'])
  })
})

describe('other shapes of flakes', () => {
  test('a folder in a Git tree, with files that are not tracked', async () => {
    const { write, run: inFolder } = workshop()
    const outputs =
      '{ packages.${system}.default = mk "sub" { inherit (p) library; src = ../../shared; own = ./own; }; }'
    write({
      'repo/shared/file': 'x',
      'repo/nested/odd flake/flake.nix': flake(outputs),
      'repo/nested/odd flake/own': 'x'
    })
    await inFolder('repo', 'git', 'init', '--quiet', '--initial-branch', 'main')
    await inFolder('repo', 'git', 'add', '.')
    await inFolder('repo/nested/odd flake', 'nix', 'flake', 'lock')
    await inFolder('repo', 'git', 'add', '.')
    write({ 'repo/untracked': 'big' })
    const { ports, folder } = workshop()
    const read = await readFlake('./repo/nested/odd flake', ports, { cwd: folder })
    expect(read.dir).toBe('nested/odd flake')
    expect(existsSync(read.lockFile)).toBe(true)
    expect(existsSync(`${read.sourcePath}/untracked`)).toBe(false)
    expect(wanted(await makeCut(read, ports))).toEqual(['library!out'])
  })

  test('a folder without Git', async () => {
    const { write, lock } = workshop()
    write({ 'plain/flake.nix': flake('{ checks.${system}.x = mk "x" { inherit (p) tool; src = ./.; }; }') })
    await lock('plain')
    expect(wanted(await cutOf('./plain'))).toEqual(['tool!out'])
    expect(wanted(await cutOf(`path:${workshop().path('plain')}`))).toEqual(['tool!out'])
  })

  test('an input that is a folder of the flake itself is its own source', async () => {
    const { write, lock, ports } = workshop()
    write({
      'parts/flake.nix': flake(
        '{ packages.${system}.default = mk "x" { inherit (p) tool; part = inputs.part.made mk; }; }',
        'inputs.part.url = "path:./part";'
      ),
      'parts/part/flake.nix': '{ outputs = { self }: { made = mk: mk "part" { src = ./.; }; }; }'
    })
    await lock('parts', { git: true })
    const cut = await cutOf('./parts')
    expect(wanted(cut)).toEqual(['tool!out'])
    expect(cut.inputs).toHaveLength(2)
    expect(ports.lines).not.toContain('error')
  })

  test('no inputs and no lock file', async () => {
    const { write } = workshop()
    const outputs = `{ packages.${system}.default = derivation { name = "x"; system = "${system}"; builder = "/bin/sh"; src = ./.; }; }`
    write({ 'alone/flake.nix': `{ outputs = { self }: ${outputs}; }` })
    const cut = await cutOf('./alone')
    expect(cut).toMatchObject({ wanted: [], inputs: [], sources: [] })
  })

  test('nixpkgs reached by follows, and under another name', async () => {
    const { write, lock, path } = workshop()
    write({ 'mid/flake.nix': `{ inputs.pkgs.url = "path:${path('packages')}"; outputs = _: { }; }` })
    const shell = '{ devShells.SYSTEM.default = derivation { name = "s"; system = "SYSTEM"; builder = "/bin/sh"; }; }'
    const outputs = shell.replaceAll('SYSTEM', system)
    const middle = `inputs.mid.url = "path:${path('mid')}";`
    write({
      'follows/flake.nix': `{ ${middle} inputs.nixpkgs.follows = "mid/pkgs"; outputs = _: ${outputs}; }`,
      'renamed/flake.nix': `{ ${middle} inputs.pkgs.url = "path:${path('packages')}"; outputs = _: ${outputs}; }`
    })
    await lock('follows')
    await lock('renamed')
    expect(wanted(await cutOf('./follows'))).toEqual(['bash-interactive!out'])
    expect(wanted(await cutOf('./renamed'))).toEqual(['bash-interactive!out'])
  })

  test('import from derivation: evaluation needs the output, or the inputs where it is tainted', async () => {
    const { write, lock } = workshop()
    const outputs = `
      let
        nix = name: attributes: mk name ({ args = [ "-c" "echo 1 > $out" ]; } // attributes);
        value = import (nix "generated" { inherit (p) tool; }) + import (nix "own" { inherit (p) library; src = ./.; });
      in { packages.\${system}.default = mk "main-\${toString value}" { src = ./.; }; }`
    write({ 'ifd/flake.nix': flake(outputs) })
    await lock('ifd', { git: true })
    expect(wanted(await cutOf('./ifd'))).toEqual(['generated!out', 'library!out'])
  })

  test('the pinned seed is neither fetched nor seeded, even where an output uses it', async () => {
    const { write, lock, path, ports, folder, run: inFolder } = workshop()
    write({ 'pin/seed.json': `unique ${Math.random()}` })
    const pin = `inputs.seed-self = { url = "path:${path('pin')}"; flake = false; };`
    const used = '{ checks.${system}.x = mk "x" { inherit (p) tool; src = ./.; pin = inputs.seed-self; }; }'
    write({
      'pinned/flake.nix': flake('{ checks.${system}.x = mk "x" { inherit (p) tool; src = ./.; }; }', pin),
      'using/flake.nix': flake(used, pin)
    })
    await lock('pinned', { git: true })
    const { lock: locked } = await readFlake('./pinned', ports, { cwd: folder })
    const tree = sourceTreePath(seedSelfNode(locked)?.node.locked?.narHash)
    await inFolder('.', 'nix-store', '--delete', tree)
    renameSync(path('pin'), path('gone'))
    const pinned = await cutOf('./pinned')
    expect(existsSync(tree)).toBe(false)

    renameSync(path('gone'), path('pin'))
    await lock('using', { git: true })
    const using = await cutOf('./using')
    expect(existsSync(tree)).toBe(true)
    expect(using).toMatchObject({ inputs: pinned.inputs, sources: [] })
    expect(using.inputs).toHaveLength(2)
  })
})

describe('when it fails', () => {
  test('an output that cannot be evaluated is named, with what Nix says', async () => {
    const { write, lock } = workshop()
    const outputs = '{ packages.${system} = { good = mk "x" { }; bad = mk "x" { a = throw "this is bad"; }; }; }'
    write({ 'broken/flake.nix': flake(outputs) })
    await lock('broken')
    expect(await failureOf(cutOf('./broken'))).toMatchObject({
      code: 'NIX_EVALUATION',
      message: expect.stringMatching(new RegExp(`the output packages\\.${system}\\.bad:\\n\\s*error: this is bad`)),
      hint: expect.stringContaining('--show-trace')
    })
  })

  test('outputs that cannot even be listed show what Nix says', async () => {
    const { write, lock } = workshop()
    write({ 'syntax/flake.nix': flake('{ packages.${system} = throw "no list"; }') })
    await lock('syntax')
    expect(await failureOf(cutOf('./syntax'))).toMatchObject({
      code: 'NIX_EVALUATION',
      message: expect.stringContaining('error: no list')
    })
  })

  test.each([
    ['a folder that is none', './nowhere', 'FLAKE_MISSING'],
    ['a folder without flake.nix', './data', 'FLAKE_MISSING'],
    ['a flake.nix that Git does not track', './untracked', 'FLAKE_MISSING'],
    ['a flake that is not locked', './unlocked', 'LOCK_MISSING'],
    ['one whose lock lacks an input', './outdated', 'LOCK_INVALID'],
    ['one whose lock is no lock', './garbled', 'LOCK_INVALID'],
    ['a flake that cannot be parsed', './unparsed', 'NIX_EVALUATION']
  ])('%s', async (_, reference, code) => {
    const { write, run: inFolder, folder, ports } = workshop()
    write({
      'untracked/flake.nix': '{ outputs = _: { }; }',
      'unlocked/flake.nix': flake('{ }'),
      'outdated/flake.nix': flake('{ }'),
      'outdated/flake.lock': '{"nodes":{"root":{}},"root":"root","version":7}',
      'garbled/flake.nix': flake('{ }'),
      'garbled/flake.lock': 'garbled',
      'unparsed/flake.nix': '{ outputs = '
    })
    await inFolder('untracked', 'git', 'init', '--quiet')
    expect(await failureOf(readFlake(reference, ports, { cwd: folder }))).toMatchObject({
      code,
      resource: expect.stringContaining(reference.slice(2))
    })
  })

  test('a build that fails shows its log', async () => {
    const { write, lock, ports } = workshop()
    const broken = 'mk "broken" { args = [ "-c" "echo the reason; exit 1" ]; }'
    write({ 'failing/flake.nix': flake(`{ packages.\${system}.default = mk "x" { src = ./.; dep = ${broken}; }; }`) })
    await lock('failing')
    const cut = await cutOf('./failing')
    expect(wanted(cut)).toEqual(['broken!out'])
    expect(await failureOf(realiseCut(cut, ports))).toMatchObject({
      code: 'NIX_BUILD',
      message: expect.stringContaining('the reason')
    })
  })

  test('an abort stops it, and the copy of the tree is gone', async () => {
    const { write, lock, folder } = workshop()
    write({ 'slow/flake.nix': flake('{ packages.${system}.default = mk "x" { src = ./.; }; }') })
    await lock('slow')
    const ports = testPorts(folder)
    const slow = await readFlake('./slow', ports, { cwd: folder })
    // The copy is made after the first evaluation: its appearance is the moment to stop.
    const watch = setInterval(() => {
      if (readdirSync(workshop().path('tmp')).some(name => name.startsWith('nix-seed-'))) ports.abort()
    }, 1)
    try {
      expect(await failureOf(makeCut(slow, ports))).toMatchObject({ code: 'INTERRUPTED' })
    } finally {
      clearInterval(watch)
    }
    expect(readdirSync(workshop().path('tmp'))).toEqual([])
  })
})
