import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { finish } from '../../../src/phases/finish.ts'
import { newState, type State } from '../../../src/state.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

let made: MemoryPhase | undefined
afterEach(() => made?.remove())

/** A job in which the phases before have left files with secrets, and a store whose names are those of `store`. */
function job(options: MemoryPhaseOptions = {}, record?: { seed: string[]; before: string[]; store: string[] }): State {
  made = memoryPhase(options)
  const { folder } = made.phase
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nix.conf'), 'extra-access-tokens = github.com=secret')
  writeFileSync(join(folder, 'netrc'), 'password secret')
  const state: State = { ...newState(0), folder, main: { steps: [], outcome: 'hit' } }
  state.cleanUp.nixConf = join(folder, 'nix.conf')
  if (record === undefined) return state
  const storeFolder = join(made.root, 'store')
  for (const name of record.store) mkdirSync(join(storeFolder, name), { recursive: true })
  state.coverageFile = join(folder, 'coverage.json')
  writeFileSync(
    state.coverageFile,
    JSON.stringify({ version: 1, storeFolder, seed: record.seed, seedBytes: 2_000_000, before: record.before })
  )
  return state
}

const name = (letter: string): string => `${letter.repeat(32)}-${letter}`

/** A program on the PATH of the job that writes down that it was called. */
function program(tool: string, script: string): string {
  const bin = join(made!.root, 'bin')
  mkdirSync(bin, { recursive: true })
  const called = join(made!.root, `${tool}-called`)
  writeFileSync(join(bin, tool), `#!/bin/sh\n: >${called}\n${script}\n`, { mode: 0o755 })
  return called
}

const NEW_PATH = `case "$*" in
--version) echo 'nix (Nix) 2.30.0' ;;
*) echo '{"/nix/store/${name('b')}":{"narSize":10,"signatures":["k:s"],"ultimate":false}}' ;;
esac`

describe('the end of a job', () => {
  test('tells what came from the seed, and removes what was left', async () => {
    const state = job({}, { seed: [name('a')], before: [], store: [name('a')] })
    await finish(made!.phase, state)
    expect(existsSync(made!.phase.folder)).toBe(false)
    expect(made!.log).toEqual(['Coverage 100 %: 1 store paths from the seed, 0 fetched beside it, 0 built.'])
    expect(made!.summaries.join()).toContain('**Coverage 100 %**: 1 store paths (2.00 MB) came from the seed')
  })

  test('with a record that is gone removes what was left all the same, and has a summary', async () => {
    const state = job()
    state.coverageFile = join(made!.phase.folder, 'gone.json')
    await finish(made!.phase, state)
    expect(existsSync(made!.phase.folder)).toBe(false)
    expect(made!.log).toEqual([expect.stringMatching(/^It is not known what came from the seed/)])
    expect(made!.summaries).toHaveLength(1)
  })

  test('has no word of a mounted seed that is gone already', async () => {
    const state = { ...job(), mountedAs: '1-1-1-abc' }
    await finish(made!.phase, state)
    expect(made!.log).toEqual([])
    expect(made!.summaries.join()).not.toContain('warning')
  })

  test('that is cancelled removes what was left', async () => {
    const controller = new AbortController()
    const state = job({ signal: controller.signal }, { seed: [], before: [], store: [name('b')] })
    program('nix', 'exit 1')
    controller.abort()
    await expect(finish(made!.phase, state)).rejects.toThrow()
    expect(existsSync(made!.phase.folder)).toBe(false)
  })

  test('in which no phase came far has a summary too, if one is wanted', async () => {
    job()
    await finish(made!.phase, newState(0))
    expect(made!.summaries).toHaveLength(1)
    made!.remove()
    job({ inputs: { summary: false } })
    await finish(made!.phase, newState(0))
    expect(made!.summaries).toEqual([])
  })

  test('counts paths that Nix cannot be asked about', async () => {
    const state = job({}, { seed: [name('a')], before: [], store: [name('a'), name('b')] })
    await finish(made!.phase, state)
    expect(made!.log).toEqual([expect.stringMatching(/0 built, 1 that Nix could not be asked about\.$/)])
    expect(made!.summaries.join()).toContain('There are 1 more that Nix could not be asked about.')
  })
})

describe('Cachix', () => {
  const inputs = { cachixName: 'mine', cachixAuthToken: 'secret-token' }
  const store = { seed: [], before: [], store: [name('b')] }

  test('gets the paths that are new', async () => {
    const state = { ...job({ inputs }, store), cachix: { name: 'mine' } }
    program('nix', NEW_PATH)
    const called = program('cachix', 'cat')
    await finish(made!.phase, state)
    expect(existsSync(called)).toBe(true)
  })

  test('gets nothing from a fork, although there is a token', async () => {
    const state = {
      ...job({ inputs, job: { isFork: true, eventName: 'pull_request_target' } }, store),
      cachix: { name: 'mine' }
    }
    program('nix', NEW_PATH)
    const called = program('cachix', 'cat')
    await finish(made!.phase, state)
    expect(existsSync(called)).toBe(false)
    expect(made!.log.at(-1)).toMatch(/fork/)
  })

  test('that refuses is a warning without the token', async () => {
    const state = { ...job({ inputs }, store), cachix: { name: 'mine' } }
    program('nix', NEW_PATH)
    program('cachix', 'echo "$CACHIX_AUTH_TOKEN is wrong" >&2; exit 1')
    await finish(made!.phase, state)
    expect(made!.log.join('\n')).toMatch(/warning: Nothing or not all was pushed to mine\.cachix\.org/)
    expect(made!.log.join('\n')).not.toContain('secret-token')
    expect(existsSync(made!.phase.folder)).toBe(false)
  })
})
