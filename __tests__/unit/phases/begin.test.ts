import { existsSync } from 'node:fs'
import { afterEach, expect, test } from '@jest/globals'
import { begin } from '../../../src/phases/begin.ts'
import { blobId } from '../../../src/github/contents.ts'
import type { PrepareVerifying } from '../../../src/phases/verification.ts'
import { newState } from '../../../src/state.ts'
import { lockWith, pinBytes, pinned } from '../../support/lock.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

let made: MemoryPhase | undefined
afterEach(() => made?.remove())

/** Of jobs that go by the digest. */
const noPolicy: PrepareVerifying = () => Promise.reject(new Error('nothing is to be verified'))

type Answers = Record<string, string | Buffer>

/** A job at a forge that has `files` at every commit of `OWNER/NAME`. */
function job(files: Answers, options: MemoryPhaseOptions = {}): MemoryPhase {
  const request = async (_: string, parameters: Record<string, unknown> = {}) => {
    const path = `${String(parameters.owner)}/${String(parameters.repo)}/${String(parameters.path)}`
    const found = files[path]
    if (found === undefined) {
      const response = { status: 404, headers: {}, data: { message: 'Not Found' } }
      throw Object.assign(new Error('Not Found'), { status: 404, response })
    }
    const bytes = Buffer.from(found)
    const data = {
      type: 'file',
      size: bytes.length,
      sha: blobId(bytes),
      encoding: 'base64',
      content: bytes.toString('base64')
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, data }
  }
  return (made = memoryPhase({ forge: { request }, ...options }))
}

const rev = '1'.repeat(40)
const LOCK = 'octo/Hello/flake.lock'
const bytes = pinBytes({ 'x86_64-linux': pinned('0'.repeat(64), 'a', 'evil.invalid/octo/seed') })

test.each<[string, Answers, RegExp]>([
  ['no lock file', {}, /there is no flake\.lock/],
  ['a malformed lock file', { [LOCK]: '{' }, /main tries again: .*not JSON/],
  ['a lock file without a pin', { [LOCK]: lockWith('https://example.org') }, /no input seed-self/],
  ['a pin that is not there', { [LOCK]: lockWith('https://example.org', { rev, bytes }) }, /no seed\.json/],
  [
    'a pin that is not what the lock says',
    { [LOCK]: lockWith('https://example.org', { rev, bytes }), 'octo/Hello/seed.json': '{}' },
    /is not what flake\.lock pins/
  ],
  [
    'a pin that is not trusted',
    { [LOCK]: lockWith('https://example.org', { rev, bytes }), 'octo/Hello/seed.json': bytes },
    /not trusted/
  ]
])('%s is left to main, with a line in the log and nothing changed', async (_, files, message) => {
  const { phase, log, paths, variables } = job(files)
  const state = newState(0)
  await begin(phase, state, noPolicy)
  expect(log.at(-1)).toMatch(message)
  expect(state.pre?.seed).toBeUndefined()
  expect(state.pre?.steps.length).toBeLessThan(2)
  expect([paths, [...variables], existsSync(phase.folder)]).toEqual([[], [], false])
})

test('an API that does not know the token is left to main', async () => {
  const response = { status: 401, headers: {}, data: { message: 'Bad credentials' } }
  const request = () => Promise.reject(Object.assign(new Error('Bad credentials'), { status: 401, response }))
  const { phase, log } = (made = memoryPhase({ forge: { request } }))
  await begin(phase, newState(0), noPolicy)
  expect(log).toEqual([expect.stringMatching(/main tries again/)])
})

test('a forge that asks for patience is left to main', async () => {
  const started = performance.now()
  const response = { status: 429, headers: { 'retry-after': '30' }, data: { message: 'secondary rate limit' } }
  const request = () => Promise.reject(Object.assign(new Error('limit'), { status: 429, response }))
  const { phase, log } = (made = memoryPhase({ forge: { request } }))
  await begin(phase, newState(0), noPolicy)
  expect(log).toEqual([expect.stringMatching(/main tries again/)])
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('so is a defect', async () => {
  const { phase, log } = (made = memoryPhase())
  await begin(phase, newState(0), noPolicy)
  expect(log).toEqual([expect.stringMatching(/main tries again/)])
})

test('a job that is cancelled ends, and what was done is in the state', async () => {
  const controller = new AbortController()
  const { phase } = job({}, { signal: controller.signal })
  controller.abort(new Error('stopped'))
  const state = newState(0)
  await expect(begin(phase, state, noPolicy)).rejects.toThrow('stopped')
  expect(state.pre).toEqual({ steps: [] })
})

test('a pin is read with the token of the job, from the forge of the job alone', async () => {
  const other = lockWith('https://example.org', { rev, bytes, owner: 'someone', repo: 'else' })
  const { phase, tokens, asked } = job({ [LOCK]: other, 'someone/else/seed.json': bytes })
  await begin(phase, newState(0), noPolicy)
  expect([...tokens]).toEqual(['ghs_job'])
  expect(asked).toHaveLength(2)

  made!.remove()
  const json = JSON.parse(other)
  json.nodes['seed-self'].locked.host = 'forge.evil.example'
  const it = job({ [LOCK]: JSON.stringify(json), 'someone/else/seed.json': bytes })
  await begin(it.phase, newState(0), noPolicy)
  expect(it.asked).toHaveLength(1)
  expect(it.log.at(-1)).toMatch(/seed-self is on forge\.evil\.example/)
})
