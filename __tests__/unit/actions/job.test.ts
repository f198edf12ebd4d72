import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readJob } from '../../../src/actions/job.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'job-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The job of an event whose payload is `payload`; text goes into the file as it is. */
function jobOf(eventName: string, payload: unknown, env: Record<string, string> = {}): ReturnType<typeof readJob> {
  const file = join(folder, 'event.json')
  writeFileSync(file, typeof payload === 'string' ? payload : JSON.stringify(payload))
  return readJob({ GITHUB_REPOSITORY: 'octo/Hello', GITHUB_EVENT_NAME: eventName, GITHUB_EVENT_PATH: file, ...env })
}

const OWN = { full_name: 'octo/Hello' }
const FORK = { full_name: 'mallory/Hello' }
const pull = (repo: unknown): unknown => ({ pull_request: { head: { repo } } })
const run = (head_repository: unknown, event = 'pull_request'): unknown => ({
  workflow_run: { event, head_repository }
})

describe('an event is about commits of', () => {
  test.each([
    ['push', {}],
    ['workflow_dispatch', { inputs: {} }],
    ['schedule', { schedule: '0 0 * * *' }],
    ['merge_group', { merge_group: {} }],
    ['pull_request', pull(OWN)],
    ['pull_request', pull({ full_name: 'Octo/hello' })],
    ['pull_request_target', pull(OWN)],
    ['workflow_run', run(OWN)],
    ['workflow_run', run(OWN, 'push')]
  ])('this repository: %s %j', (name, payload) => {
    expect(jobOf(name, payload).isFork).toBe(false)
  })

  test.each([
    ['pull_request', pull(FORK)],
    ['pull_request_target', pull(FORK)],
    ['pull_request_review', pull(FORK)],
    ['workflow_run', run(FORK)],
    ['workflow_run', run(FORK, 'push')]
  ])('a fork: %s %j', (name, payload) => {
    expect(jobOf(name, payload).isFork).toBe(true)
  })

  test.each([
    ['a deleted fork', 'pull_request', pull(null)],
    ['a deleted fork, told by another workflow', 'workflow_run', run(null)],
    ['a pull request that is not described', 'pull_request_target', {}],
    ['a pull request without a head', 'pull_request', { pull_request: {} }],
    ['a file that is no JSON', 'pull_request', '{'],
    ['a run that is not described', 'workflow_run', '']
  ])('nobody knows whom, which is a fork: %s', (_, name, payload) => {
    expect(jobOf(name, payload).isFork).toBe(true)
  })
})

test('a missing file of the event is no failure', () => {
  const missing = { GITHUB_EVENT_PATH: join(folder, 'missing') }
  expect(jobOf('push', {}, missing)).toMatchObject({ isFork: false, repository: { owner: 'octo', name: 'Hello' } })
  expect(jobOf('push', {}, missing).defaultBranch).toBeUndefined()
  expect(jobOf('pull_request', {}, missing).isFork).toBe(true)
})

test('the job is what the runner says, with addresses that have no slash at their ends', () => {
  const repository = { ...OWN, default_branch: 'trunk' }
  const job = jobOf('push', { repository }, { GITHUB_SERVER_URL: 'https://forge.example/', RUNNER_TEMP: '/temp' })
  expect(job).toMatchObject({
    repository: { owner: 'octo', name: 'Hello' },
    serverUrl: 'https://forge.example',
    apiUrl: 'https://api.github.com',
    defaultBranch: 'trunk',
    runAttempt: '1',
    temp: '/temp'
  })
})
