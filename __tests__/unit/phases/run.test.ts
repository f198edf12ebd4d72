import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { SeedError } from '../../../src/errors.ts'
import { run, type Preparations } from '../../../src/phases/run.ts'
import type { PrepareSigning } from '../../../src/phases/signature.ts'
import { newState } from '../../../src/state.ts'
import { failureOf } from '../../support/failure.ts'
import { lockWith } from '../../support/lock.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

let made: MemoryPhase | undefined
afterEach(() => made?.remove())

/** A job whose checkout has `lock`, and whose programs are those of `tools`. */
function job(lock: string, options: MemoryPhaseOptions = {}, tools: Record<string, string> = {}): MemoryPhase {
  made = memoryPhase({ ...options, inputs: { kvm: false, ...options.inputs } })
  const { workspace } = made.phase.runner.job
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'flake.lock'), lock)
  mkdirSync(join(made.root, 'bin'))
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(made.root, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }
  return made
}

/** Of jobs that have nothing to sign or to verify. */
const nothing: Preparations = {
  signing: () => Promise.reject(new Error('nothing is to be signed')),
  verifying: () => Promise.reject(new Error('nothing is to be verified'))
}

const PLAIN = lockWith('https://example.org')
const NIX = { nix: 'echo "nix (Nix) 2.30.0"' }

describe('a job whose project pins nothing', () => {
  test('goes on with the Nix that is there, and says so in its outputs', async () => {
    const { phase, outputs, variables, paths, root } = job(PLAIN, {}, NIX)
    const state = newState(0)
    await run(phase, state, nothing)
    expect(Object.fromEntries(outputs)).toEqual({
      outcome: 'miss',
      hit: 'false',
      reason: 'flake.lock has no input seed-self, so no seed is pinned',
      strategy: 'present',
      bytes: '0',
      'restore-ms': '0',
      coverage: '0',
      'lock-key': expect.stringMatching(/^[0-9a-f]{64}$/),
      system: 'x86_64-linux',
      'nix-version': '2.30.0',
      'pull-request-operation': 'none'
    })
    expect(variables.get('NIX_USER_CONF_FILES')).toMatch(new RegExp(`^${phase.folder}/nix\\.conf`))
    expect(paths).not.toContain(join(root, 'bin'))
    expect(state).toMatchObject({
      cleanUp: { nixConf: join(phase.folder, 'nix.conf') },
      coverageFile: join(phase.folder, 'coverage.json'),
      main: { outcome: 'miss', nixVersion: '2.30.0' }
    })
  })

  test('fails where a seed is required, with outputs that tell how far it came', async () => {
    const { phase, outputs } = job(PLAIN, { inputs: { required: true } }, NIX)
    const error = await failureOf(run(phase, newState(0), nothing))
    expect(error).toMatchObject({ code: 'PIN_MISSING', hint: expect.stringContaining('seed mode') })
    expect(Object.fromEntries(outputs)).toMatchObject({ strategy: 'none', 'pull-request-operation': 'none' })
  })

  test('does not require one of seed mode, which is to make it', async () => {
    const { phase, annotations, outputs } = job(
      PLAIN,
      { inputs: { required: true, mode: 'seed' }, job: { isFork: true } },
      NIX
    )
    await run(phase, newState(0), nothing)
    expect(outputs.get('outcome')).toBe('miss')
    expect(annotations).toEqual([{ level: 'notice', message: expect.stringMatching(/fork/) }])
  })
})

test.each([
  ['a malformed lock file', '{', 'LOCK_INVALID'],
  ['an input of another kind', PLAIN.replaceAll('"dep"', '"seed-self"'), 'PIN_INVALID']
])('%s fails the job, required or not', async (_, lock, code) => {
  const { phase } = job(lock, {}, NIX)
  const state = newState(0)
  expect(await failureOf(run(phase, state, nothing))).toMatchObject({ code })
  expect(state.coverageFile).toBeUndefined()
})

test('a cancelled job ends where it is', async () => {
  const controller = new AbortController()
  const { phase, outputs } = job(PLAIN, { signal: controller.signal }, NIX)
  controller.abort(new Error('stopped'))
  const state = newState(0)
  await expect(run(phase, state, nothing)).rejects.toThrow()
  expect(outputs.get('strategy')).toBe('none')
  expect(state.main?.strategy).toBeUndefined()
})

describe('what is to be signed', () => {
  const denied = new SeedError('IDENTITY_MISSING', 'no identity', { hint: 'id-token' })

  test('is not begun where the job cannot sign', async () => {
    const { phase, asked, outputs } = job(PLAIN, { inputs: { mode: 'seed' } }, { nix: 'touch "$HOME/nix-was-run"' })
    const state = newState(0)
    expect(await failureOf(run(phase, state, { ...nothing, signing: () => Promise.reject(denied) }))).toBe(denied)
    expect(asked).toEqual([])
    expect(existsSync(join(made!.root, 'nix-was-run'))).toBe(false)
    expect(outputs.get('strategy')).toBe('none')
    expect(state.main?.signature).toBeUndefined()
  })

  test.each([
    ['a workflow that wants no signature', { mode: 'seed', sign: false }, {}],
    ['a job that restores', { mode: 'restore' }, {}],
    ['a run of a fork', { mode: 'seed' }, { isFork: true }]
  ] as const)('is nothing in %s', async (_, inputs, job_) => {
    const { phase } = job(PLAIN, { inputs, job: job_ }, NIX)
    let asked = 0
    const prepare: PrepareSigning = () => Promise.reject(new Error(`asked ${++asked} times`))
    await run(phase, newState(0), { ...nothing, signing: prepare }).catch(() => {})
    expect(asked).toBe(0)
  })
})

describe('seed mode', () => {
  const REFUSED = `case "$*" in --version) echo 'nix (Nix) 2.30.0' ;; *) echo "error: unable to download 'https://api.github.com/repos/octo/Hello/commits/nix-seed': HTTP error 422" >&2; exit 1 ;; esac`
  const noBranch = { graphql: async () => ({ repository: { ref: null } }) }

  test('for a flake that asks for a branch of pins that is not there yet tells the order', async () => {
    const { phase, root } = job(PLAIN, { inputs: { mode: 'seed', sign: false }, forge: noBranch }, { nix: REFUSED })
    writeFileSync(join(root, 'work/flake.nix'), 'inputs.seed-self.url = "github:octo/Hello/nix-seed";')
    const error = await failureOf(run(phase, newState(0), nothing))
    expect(error).toMatchObject({
      code: 'PIN_MISSING',
      message: 'flake.nix has the input seed-self, and the branch nix-seed that it is of is not there yet',
      hint: expect.stringMatching(/out of flake\.nix, and run seed mode.*Then put it back, run "nix flake lock"/)
    })
  })

  test('tells what Nix says where the flake does not, or the branch is there', async () => {
    const { phase, root } = job(PLAIN, { inputs: { mode: 'seed', sign: false } }, { nix: REFUSED })
    writeFileSync(join(root, 'work/flake.nix'), 'inputs.dep.url = "github:octo/Hello/nix-seed";')
    expect(await failureOf(run(phase, newState(0), nothing))).toMatchObject({ code: 'NIX_EVALUATION' })
    made!.remove()
    const target = { oid: rev, committedDate: '2026-01-01T00:00:00Z', tree: { entries: [] } }
    const forge = { graphql: async () => ({ repository: { ref: { target } } }) }
    const it = job(PLAIN, { inputs: { mode: 'seed', sign: false }, forge }, { nix: REFUSED })
    writeFileSync(join(it.root, 'work/flake.nix'), 'inputs.seed-self.url = "github:octo/Hello/nix-seed";')
    expect(await failureOf(run(it.phase, newState(0), nothing))).toMatchObject({ code: 'NIX_EVALUATION' })
  })

  test('without a checkout says what comes before it', async () => {
    const it = memoryPhase({ inputs: { mode: 'seed', sign: false, kvm: false } })
    made = it
    mkdirSync(join(it.root, 'bin'))
    writeFileSync(join(it.root, 'bin/nix'), `#!/bin/sh\n${NIX.nix}\n`, { mode: 0o755 })
    const response = { status: 404, headers: {}, data: { message: 'Not Found' } }
    const request = () => Promise.reject(Object.assign(new Error('Not Found'), { status: 404, response }))
    const phase = { ...it.phase, runner: { ...it.phase.runner, forge: () => ({ request, graphql: request }) } }
    expect(await failureOf(run(phase, newState(0), nothing))).toMatchObject({
      code: 'LOCK_MISSING',
      hint: expect.stringContaining('actions/checkout')
    })
  })
})

const rev = '2'.repeat(40)
