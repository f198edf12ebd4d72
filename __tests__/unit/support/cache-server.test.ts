/** The stand-in for the cache service, spoken to by GitHub's own client. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { CacheServer } from '../../support/cache-server.ts'
import { startJob, type PhaseResult } from '../../support/phases.ts'

const CLIENT = join(import.meta.dirname, '../../../node_modules/@actions/cache/lib/cache.js')

let folder: string
let server: CacheServer

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'))
  server = await CacheServer.start()
})
afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** A phase that runs `program` with the client as `cache`. */
async function use(name: string, program: string): Promise<PhaseResult> {
  const action = join(folder, 'action')
  mkdirSync(action, { recursive: true })
  writeFileSync(join(action, 'action.yml'), 'name: Test\nruns: { using: node24, main: main.mjs }\n')
  writeFileSync(join(action, 'main.mjs'), `import * as cache from ${JSON.stringify(CLIENT)}\n${program}\n`)
  const job = startJob({
    folder: join(folder, name),
    action,
    event: 'push',
    repository: 'org/hello',
    sha: '1'.repeat(40),
    token: 'ghs_0123456789',
    cache: { url: server.url, token: server.token },
    watched: { signature: server.signature }
  })
  const result = await job.use().main()
  job.end()
  expect(job.leaks()).toEqual([])
  return result
}

const file = (): string => join(folder, 'kept')

describe('the cache service', () => {
  test.each([
    ['in one piece', 1000, 'undefined'],
    ['in blocks', 3_000_000, '{ uploadChunkSize: 1_000_000, uploadConcurrency: 2 }']
  ])('keeps what one job saves for the next, %s', async (_, size, options) => {
    const bytes = Buffer.alloc(size, 'nix')
    writeFileSync(file(), bytes)
    const restore = `console.log(await cache.restoreCache([${JSON.stringify(file())}], 'key'))`
    expect((await use('a', restore)).log).toContain('undefined')
    const saved = await use('b', `await cache.saveCache([${JSON.stringify(file())}], 'key', ${options})`)
    expect(saved).toMatchObject({ failed: false, annotations: [] })
    expect(server.keys).toEqual(['key'])
    rmSync(file())
    expect((await use('c', restore)).log).toContain('Cache restored successfully\nkey')
    expect(readFileSync(file()).equals(bytes)).toBe(true)
    // A key is saved once.
    expect((await use('d', `await cache.saveCache([${JSON.stringify(file())}], 'key')`)).log).toContain(
      'Failed to save'
    )
  })

  test('lets nobody in without the token of a job', async () => {
    const answer = await fetch(`${server.url}twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry`, {
      method: 'POST',
      body: '{"key":"a","version":"b"}'
    })
    expect(answer.status).toBe(401)
  })
})
