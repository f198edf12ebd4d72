/** What real Nix says of paths that came from a seed, from a substituter, from a build and from evaluation. */
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Coverage } from '../../src/seed/coverage.ts'
import type { Restored } from '../../src/seed/restore.ts'
import { output, requireLab, useTempFolder, withNixFolder } from '../support/lab.ts'
import { nixSeedJson, useProject } from '../support/project.ts'

requireLab()

const TIMEOUT_MS = 180_000
const MODULE = new URL('../../src/seed/coverage.ts', import.meta.url).href
const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'

const folder = useTempFolder()
const project = useProject(folder)
const nix = (): string => join(folder(), 'root', 'nix')
const record = (): string => join(folder(), 'record.json')
const inStore = (...command: string[]): Promise<string> =>
  output(withNixFolder(nix(), command), { cwd: project().folder })

/** Runs lines of JavaScript that print a value, with the machine's own Nix and the store of the seed. */
async function evaluate<T>(lines: string): Promise<T> {
  const script = `
    import { recordPaths, measureCoverage } from ${JSON.stringify(MODULE)}
    const nothing = () => {}
    const ports = {
      env: process.env, signal: AbortSignal.any([]),
      log: { debug: nothing, info: nothing, warn: nothing }, progress: { update: nothing, end: nothing }
    }
    ${lines}`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type', 'module', '--eval', script]
  return JSON.parse(await inStore(process.execPath, ...args)) as T
}

const measure = (): Promise<Coverage> =>
  evaluate<Coverage>(`console.log(JSON.stringify(await measureCoverage(${JSON.stringify(record())}, ports)))`)

let restored: Restored
let before: string

beforeAll(async () => {
  const layout = `oci:${join(folder(), 'layout')}`
  await nixSeedJson(['publish', '--format', 'oci', '--to', layout], { cwd: project().folder })
  restored = await nixSeedJson<Restored>(['restore', layout, '--root', join(folder(), 'root')])
  const names = JSON.stringify(readdirSync(join(nix(), 'store')))
  before = await inStore('nix-store', '--add', '/etc/hostname')
  const options = `{ seed: ${names}, seedBytes: 1, storeFolder: '/nix/store' }`
  await evaluate(`await recordPaths(${JSON.stringify(record())}, ${options}); console.log(null)`)
}, TIMEOUT_MS)

describe('the coverage of a job', () => {
  test('that did nothing is whole', async () => {
    expect(before).toMatch(/^\/nix\/store\//)
    expect(await measure()).toMatchObject({
      seed: { paths: restored.paths },
      before: { paths: 1 },
      fetched: { paths: 0 },
      built: { paths: 0 },
      added: { paths: 0 },
      unknown: { paths: 0 },
      percent: 100
    })
  })

  test(
    'tells what was built, fetched and added apart, and passes over what is not valid',
    async () => {
      const hello = await inStore('nix', 'build', '--no-link', '--print-out-paths', '--offline')
      const fetched = await substitute()
      mkdirSync(join(nix(), 'store', `${'0'.repeat(32)}-half`))
      const coverage = await measure()
      expect(coverage).toMatchObject({
        seed: { paths: restored.paths },
        built: { paths: 1, largest: [{ path: hello }] },
        fetched: { paths: 1, largest: [{ path: fetched }] },
        unknown: { paths: 0 },
        percent: Math.floor((100 * restored.paths) / (restored.paths + 1))
      })
      expect(coverage.newPaths.sort()).toEqual([hello, fetched].sort())
      expect(coverage.built.bytes).toBeGreaterThan(0)
      expect(coverage.fetched.bytes).toBeGreaterThan(0)
      // The project's own source, as evaluation copies it.
      for (const { path } of coverage.added.largest) expect(path).not.toMatch(/\.drv$/)
      expect(coverage.added.paths).toBeGreaterThan(0)
    },
    TIMEOUT_MS
  )
})

/** Brings a path into the store from a signed binary cache, as a job does; its store path. */
async function substitute(): Promise<string> {
  const [cache, key] = [join(folder(), 'cache'), join(folder(), 'key')]
  const builder = `derivation { name = "fetched"; system = "${SYSTEM}"; builder = "/bin/sh"; args = [ "-c" "echo fetched > $out" ]; }`
  const path = await output(['nix', 'build', '--no-link', '--print-out-paths', '--impure', '--expr', builder])
  await output(['sh', '-c', `nix-store --generate-binary-cache-key test-1 "$1" "$1.public"`, 'sh', key])
  await output(['nix', 'copy', '--to', `file://${cache}?secret-key=${key}`, path])
  const publicKey = await output(['cat', `${key}.public`])
  const options = { substitute: 'true', substituters: `file://${cache}`, 'trusted-public-keys': publicKey }
  await inStore('nix-store', '--realise', path, ...Object.entries(options).flatMap(pair => ['--option', ...pair]))
  return path
}
