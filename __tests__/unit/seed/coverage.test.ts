import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { isSeedContainer, measureCoverage, recordPaths, seedMatchesStore } from '../../../src/seed/coverage.ts'
import type { SeedImage } from '../../../src/seed/image.ts'
import { failureOf } from '../../support/failure.ts'

const name = (digit: number, rest: string) => `${String(digit).padStart(32, '0')}-${rest}`
const SEED = [name(1, 'glibc'), name(2, 'bash')]

let folder: string
let store: string
let record: string
let ports: Ports
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-seed-coverage-'))
  store = join(folder, 'store')
  record = join(folder, 'record.json')
  await mkdir(store)
  await add(...SEED, name(3, 'present'))
  // No program can be found: whatever is started fails.
  ports = { log: silentLog, progress: silentProgress, env: { PATH: join(folder, 'bin') }, signal: AbortSignal.any([]) }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function add(...names: string[]): Promise<void> {
  for (const each of names) await mkdir(join(store, each))
}

/** Answers like Nix, and writes down what it was asked. */
async function standIn(answer: unknown): Promise<string> {
  const asked = join(folder, 'asked')
  await mkdir(join(folder, 'bin'))
  const script = `#!/bin/sh
[ "$1" = --version ] && { echo 'nix (Nix) 2.30.0'; exit; }
echo "$*" >> ${asked}
/bin/cat ${join(folder, 'answer')}`
  await writeFile(join(folder, 'answer'), JSON.stringify(answer))
  await writeFile(join(folder, 'bin', 'nix'), script, { mode: 0o755 })
  return asked
}

const nothing = { paths: 0, bytes: 0, largest: [] }

describe('measureCoverage', () => {
  test('of a job that added nothing is whole, and starts no program', async () => {
    await recordPaths(record, { seed: SEED, seedBytes: 5000, storeFolder: store })
    await add('.links', name(4, 'recipe.drv'), name(5, 'out.lock'), name(6, 'x.drv.chroot'), 'tmp-1-2', 'no name')
    // Nix would be missed, and its absence told.
    expect(await measureCoverage(record, ports)).toEqual({
      seed: { paths: 2, bytes: 5000 },
      before: { paths: 1 },
      fetched: nothing,
      built: nothing,
      added: nothing,
      unknown: { paths: 0 },
      percent: 100,
      newPaths: []
    })
  })

  test('tells what was fetched, built and added beside the seed, asking about new names alone', async () => {
    await recordPaths(record, { seed: SEED, storeFolder: store })
    const fresh = [name(4, 'small'), name(5, 'large'), name(6, 'built'), name(7, 'source'), name(8, 'half')]
    await add(...fresh)
    const path = (at: number): string => `/nix/store/${fresh[at]}`
    const asked = await standIn({
      [path(0)]: { narSize: 10, signatures: ['a:b'] },
      [path(1)]: { narSize: 90, signatures: ['a:b'] },
      [path(2)]: { narSize: 7, ultimate: true },
      [path(3)]: { narSize: 3, ca: 'fixed:r:sha256:x' },
      [path(4)]: null
    })
    expect(await measureCoverage(record, ports)).toMatchObject({
      fetched: {
        paths: 2,
        bytes: 100,
        largest: [
          { path: path(1), bytes: 90 },
          { path: path(0), bytes: 10 }
        ]
      },
      built: { paths: 1, bytes: 7 },
      added: { paths: 1, bytes: 3 },
      unknown: { paths: 0 },
      percent: 50,
      newPaths: [path(0), path(1), path(2)]
    })
    const lines = (await readFile(asked, 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.split(' ').filter(word => word.startsWith('/nix/store/'))).toEqual(fresh.map((_, at) => path(at)))
  })

  test('counts new names where there is no Nix to ask', async () => {
    await recordPaths(record, { seed: SEED, storeFolder: store })
    await add(name(4, 'new'))
    expect(await measureCoverage(record, ports)).toMatchObject({
      unknown: { paths: 1 },
      fetched: nothing,
      newPaths: []
    })
  })

  test('counts seed paths that are still there', async () => {
    await recordPaths(record, { seed: SEED, storeFolder: store })
    await rm(join(store, SEED[0] ?? ''), { recursive: true })
    expect(await measureCoverage(record, ports)).toMatchObject({ seed: { paths: 1 } })
  })

  test('takes a store that is not there for empty', async () => {
    await recordPaths(record, { seed: [], storeFolder: join(folder, 'none') })
    expect(await measureCoverage(record, ports)).toMatchObject({
      seed: { paths: 0 },
      before: { paths: 0 },
      percent: 100
    })
  })

  test('ends when it is interrupted', async () => {
    await recordPaths(record, { seed: SEED, storeFolder: store })
    await add(name(4, 'new'))
    const signal = AbortSignal.abort(new Error('stopped'))
    expect(await failureOf(measureCoverage(record, { ...ports, signal }))).toMatchObject({ message: 'stopped' })
  })

  test('names the ten largest of many', async () => {
    await recordPaths(record, { seed: SEED, storeFolder: store })
    const fresh = Array.from({ length: 12 }, (_, at) => name(10 + at, 'p'))
    await add(...fresh)
    await standIn(
      Object.fromEntries(fresh.map((each, at) => [`/nix/store/${each}`, { narSize: at + 1, ultimate: true }]))
    )
    const { built } = await measureCoverage(record, ports)
    expect(built.largest.map(({ bytes }) => bytes)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3])
  })
})

test('what is recorded is for this user alone', async () => {
  await recordPaths(record, { seed: SEED, storeFolder: store })
  expect((await stat(record)).mode & 0o777).toBe(0o600)
})

test('a seed matches a store that has all of its paths', async () => {
  const image = (names: string[]) =>
    ({ config: { 'dev.nix-seed': { paths: names.map(each => ({ name: each })) } } }) as unknown as SeedImage
  expect(await seedMatchesStore(image(SEED), store)).toBe(true)
  expect(await seedMatchesStore(image([...SEED, name(9, 'missing')]), store)).toBe(false)
  expect(await seedMatchesStore(image(SEED), join(folder, 'none'))).toBe(false)
})

test.each([
  ['NAME="Nix Seed"\nID=nix-seed\n', true],
  ['ID="nix-seed"', true],
  ["ID='nix-seed'\r\n", true],
  ['ID=debian\nID_LIKE=nix-seed\n', false],
  ['VARIANT_ID=nix-seed\n', false],
  ['ID=nix-seeds\n', false]
])('%j is of a seed: %s', async (text, expected) => {
  const file = join(folder, 'os-release')
  await writeFile(file, text)
  expect(await isSeedContainer(file)).toBe(expected)
  expect(await isSeedContainer(join(folder, 'none'))).toBe(false)
})
