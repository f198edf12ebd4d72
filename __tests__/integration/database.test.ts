import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { exitOf } from '../../lab/child.ts'
import type { PathInfo } from '../../src/nix/closure.ts'
import { parsePathInfo, queryClosure } from '../../src/nix/closure.ts'
import { makeDatabase } from '../../src/nix/database.ts'
import { buildPaths } from '../../src/nix/evaluate.ts'
import { schemaVersion } from '../../src/nix/schema.ts'
import { createDatabase, readValidPaths, registerPaths } from '../../src/nix/store-database.ts'
import { failureOf } from '../support/failure.ts'
import { output, requireLab, run, withNixFolder } from '../support/lab.ts'
import { PACKAGES_FLAKE, useWorkshop } from '../support/nix-flake.ts'

requireLab()
jest.setTimeout(120_000)

const workshop = useWorkshop()
let closure: PathInfo[]

/** A closure with references, a path that refers to itself, and content addresses. */
beforeAll(async () => {
  const { write, ports, path } = workshop()
  const system = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'
  write({
    'packages/flake.nix': PACKAGES_FLAKE,
    'flake/file': 'text\n',
    'flake/flake.nix': `
      {
        inputs.nixpkgs.url = "path:${path('packages')}";
        outputs = { self, nixpkgs }: let p = nixpkgs.legacyPackages.${system}; in {
          packages.${system}.default = p.mk "main" {
            inherit (p) library;
            src = ./file;
            args = [ "-c" "echo $library $out $src > $out" ];
          };
        };
      }`
  })
  await workshop().lock('flake')
  const [out = ''] = await buildPaths([`path:${path('flake')}`], ports)
  closure = await queryClosure([out], ports)
})

/** Makes a folder for /nix with the files of the closure, and no database. */
async function storeFolder(name: string): Promise<string> {
  const nix = workshop().path(name)
  mkdirSync(join(nix, 'store'), { recursive: true })
  mkdirSync(join(nix, 'var/nix/db'), { recursive: true })
  await output(['cp', '-a', ...closure.map(({ path }) => path), join(nix, 'store')])
  return nix
}

async function seeded(name: string): Promise<string> {
  const nix = await storeFolder(name)
  writeFileSync(join(nix, 'var/nix/db/db.sqlite'), await makeDatabase(closure))
  writeFileSync(join(nix, 'var/nix/db/schema'), schemaVersion)
  return nix
}

const inStore = (nix: string, ...command: string[]) => run(withNixFolder(nix, command), { env: workshop().ports.env })
const infos = ({ stdout }: { stdout: string }) =>
  parsePathInfo(JSON.parse(stdout)).sort((a, b) => (a.path < b.path ? -1 : 1))
const allInfos = ['nix', 'path-info', '--all', '--json', '--json-format', '1']
const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

describe('queryClosure', () => {
  test('is closed, sorted, and says of each path what Nix says', () => {
    const names = closure.map(({ path, references, ca }) => [
      path.slice(44),
      references.map(r => r.slice(44)),
      ca?.slice(0, 8)
    ])
    expect(names.sort()).toEqual([
      ['file', [], 'fixed:r:'],
      ['library', [], undefined],
      ['main', expect.arrayContaining(['file', 'library', 'main']), undefined]
    ])
    const paths = closure.map(({ path }) => path)
    expect(paths).toEqual([...paths].sort())
    for (const { narHash, narSize, references } of closure) {
      expect(narHash).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect(narSize).toBeGreaterThan(0)
      expect(references).toEqual([...references].sort())
    }
  })

  test('of nothing is nothing', async () => {
    expect(await queryClosure([], workshop().ports)).toEqual([])
  })

  test('fails for a path that is not valid, and names it', async () => {
    const path = '/nix/store/00000000000000000000000000000000-none'
    expect(await failureOf(queryClosure([path], workshop().ports))).toMatchObject({
      code: 'STORE_INVALID',
      resource: path
    })
  })
})

describe('a store with the database', () => {
  test('is opened by Nix as it is: nothing is migrated, and reading writes nothing into the file', async () => {
    const nix = await seeded('opened')
    const file = join(nix, 'var/nix/db/db.sqlite')
    const before = digest(file)
    const result = await inStore(nix, ...allInfos)
    expect(result.code).toBe(0)
    expect(result.stderr).not.toMatch(/upgrad|migrat|schema|error/i)
    expect(infos(result)).toEqual(closure)
    expect(digest(file)).toBe(before)
    expect(readFileSync(join(nix, 'var/nix/db/schema'), 'utf8').trim()).toBe(schemaVersion)
  })

  test('passes a whole verification, contents too', async () => {
    const nix = await seeded('verified')
    const { code, stderr } = await inStore(nix, 'nix-store', '--verify', '--check-contents')
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('checking') })
    expect(stderr).not.toMatch(/error|disappeared|modified|not valid|missing/i)
    expect(infos(await inStore(nix, ...allInfos))).toEqual(closure)
  })

  test('and that verification would notice a path that is not what it was', async () => {
    const nix = await seeded('damaged')
    const file = closure.find(({ path }) => path.endsWith('-file'))?.path ?? ''
    await output(['sh', '-c', 'chmod u+w "$1" && echo other > "$1"', 'sh', join(nix, file.slice('/nix/'.length))])
    const { code, stderr } = await inStore(nix, 'nix-store', '--verify', '--check-contents')
    expect(code).not.toBe(0)
    expect(stderr).toContain('was modified')
  })

  test('takes new paths, references to old ones among them, and lets go of old ones', async () => {
    const { path, ports } = workshop()
    const nix = await seeded('written')
    const built = await inStore(nix, 'nix', 'build', '--no-link', '--print-out-paths', `path:${path('flake')}`)
    expect(built).toMatchObject({ code: 0 })
    expect(closure.map(info => info.path)).toContain(built.stdout.trim())
    const deleted = await inStore(nix, 'nix-store', '--delete', built.stdout.trim())
    expect(deleted).toMatchObject({ code: 0 })
    const again = await inStore(nix, 'nix', 'build', '--no-link', '--print-out-paths', `path:${path('flake')}`)
    expect(again).toMatchObject({ code: 0, stdout: built.stdout })
    expect(again.stderr).toMatch(/building '.*-main\.drv'/)
    expect(again.stderr).not.toMatch(/building '.*-library\.drv'/)
    expect(ports.lines).toBeDefined()
  })

  test('can be read where nothing can be written', async () => {
    const nix = await seeded('read-only')
    // Nix makes its folders even for a store that it opens to read; then the database as it was is put back.
    await inStore(nix, ...allInfos)
    const folder = join(nix, 'var/nix/db')
    await output(['sh', '-c', 'rm "$1"/db.sqlite*', 'sh', folder])
    writeFileSync(join(folder, 'db.sqlite'), await makeDatabase(closure))
    const script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && shift && exec "$@"'
    const features = 'nix-command read-only-local-store'
    const store = 'local?read-only=true'
    const command = ['nix', '--extra-experimental-features', features, ...allInfos.slice(1), '--store', store]
    const result = await inStore(nix, 'sh', '-c', script, 'sh', '/nix', ...command)
    expect({ ...result, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: expect.not.stringContaining('error') })
    expect(existsSync(join(folder, 'db.sqlite-wal'))).toBe(false)
    expect(infos(result)).toEqual(closure)
  })
})

describe('a store of this machine', () => {
  const databaseOf = (nix: string): string => join(nix, 'var/nix/db')
  /** The files of the closure in a store that has a path of its own, by Nix's own hand. */
  async function usedStore(name: string): Promise<{ nix: string; own: string }> {
    const nix = await storeFolder(name)
    const script = 'echo x > /tmp/nix-seed-other; nix store add-file /tmp/nix-seed-other'
    const { stdout } = await inStore(nix, 'sh', '-c', script)
    return { nix, own: stdout.trim() }
  }

  test('takes the closure beside its other paths, content addresses too', async () => {
    const { nix, own } = await usedStore('registered')
    expect(await readValidPaths(databaseOf(nix))).toEqual(new Set([own]))
    await registerPaths(databaseOf(nix), closure)
    expect(await readValidPaths(databaseOf(nix))).toEqual(new Set([own, ...closure.map(({ path }) => path)]))
    const known = infos(await inStore(nix, ...allInfos)).filter(({ path }) => path !== own)
    expect(known).toEqual(closure)
    expect((await inStore(nix, 'nix-store', '--verify', '--check-contents')).code).toBe(0)
    await registerPaths(databaseOf(nix), closure)
    expect(infos(await inStore(nix, ...allInfos))).toHaveLength(closure.length + 1)
  })

  test('takes all of it or nothing', async () => {
    const { nix, own } = await usedStore('refused')
    const open = closure.filter(({ path }) => !path.endsWith('-library'))
    expect(open.length).toBeLessThan(closure.length)
    expect(await failureOf(registerPaths(databaseOf(nix), open))).toMatchObject({
      code: 'FILE_SYSTEM',
      message: expect.stringContaining('NOT NULL')
    })
    expect(await readValidPaths(databaseOf(nix))).toEqual(new Set([own]))
  })

  test('is new, and Nix finds nothing to mend in it', async () => {
    const nix = await storeFolder('new')
    await output(['rmdir', databaseOf(nix)])
    await createDatabase(databaseOf(nix), closure)
    const { stderr } = await inStore(nix, 'nix-store', '--verify', '--check-contents')
    expect(stderr).not.toMatch(/upgrad|migrat|schema|error|disappeared|modified|not valid/i)
    expect(infos(await inStore(nix, ...allInfos))).toEqual(closure)
  })

  test('is written while a Nix has it open, and waits for one that writes', async () => {
    const { nix, own } = await usedStore('busy')
    const held = new DatabaseSync(join(databaseOf(nix), 'db.sqlite'))
    held.exec('begin immediate')
    const script = `
      import { registerPaths } from '${new URL('../../src/nix/store-database.ts', import.meta.url).href}'
      console.log('started')
      await registerPaths(process.argv[1], JSON.parse(process.argv[2]))`
    const args = ['--no-warnings', '--input-type', 'module', '--eval', script, databaseOf(nix), JSON.stringify(closure)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = exitOf(child)
    await once(child.stdout, 'data')
    expect(await Promise.race([ended, sleep(500, 'waiting')])).toBe('waiting')
    held.exec('rollback')
    held.close()
    expect(await ended).toBe(0)
    expect(await readValidPaths(databaseOf(nix))).toEqual(new Set([own, ...closure.map(({ path }) => path)]))
  })
})

test('two runs in processes of their own give the same bytes', async () => {
  const { path } = workshop()
  writeFileSync(path('closure.json'), JSON.stringify(closure))
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs'
    import { makeDatabase } from '${new URL('../../src/nix/database.ts', import.meta.url).href}'
    writeFileSync(process.argv[2], await makeDatabase(JSON.parse(readFileSync(process.argv[1], 'utf8'))))`
  for (const name of ['one', 'two']) {
    const args = ['--no-warnings', '--input-type', 'module', '--eval', script, path('closure.json'), path(name)]
    await output([process.execPath, ...args])
  }
  expect(digest(path('one'))).toBe(digest(path('two')))
  expect(statSync(path('one')).size).toBe((await makeDatabase(closure)).length)
})
