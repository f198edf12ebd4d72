import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { getOctokit } from '@actions/github'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { pinSeed } from '../../../src/phases/pin.ts'
import { lockKey } from '../../../src/seed/key.ts'
import { parseSeedPins, type SeedPins } from '../../../src/seed/pin.ts'
import { failureOf } from '../../support/failure.ts'
import { GitHubServer } from '../../support/github/server.ts'
import { lockWith, pinBytes, pinned } from '../../support/lock.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

const SYSTEM = 'x86_64-linux'
const NONE = { kind: 'none' } as const
const keyOf = (text: string): string => lockKey(parseFlakeLock(text, 'flake.lock'))
const [OLD, NEW] = ['https://example.org/1.tar', 'https://example.org/2.tar']
const [OLD_KEY, NEW_KEY] = [keyOf(lockWith(OLD)), keyOf(lockWith(NEW))]

let server: GitHubServer
let made: MemoryPhase[] = []
beforeEach(async () => {
  server = await GitHubServer.start({ repository: 'octo/Hello', files: { 'flake.lock': lockWith(OLD) } })
})
afterEach(async () => {
  made.forEach(each => each.remove())
  made = []
  await server.close()
  expect(server.violations).toEqual([])
})

function job(options: MemoryPhaseOptions = {}): MemoryPhase {
  const token = server.issueToken({ kind: 'job', permissions: { contents: 'write', 'pull-requests': 'write' } })
  const octokit = getOctokit(token, { baseUrl: server.apiUrl })
  const forge = {
    request: (route: string, parameters?: Record<string, unknown>) => octokit.request(route, parameters),
    graphql: (query: string, variables: Record<string, unknown>) => octokit.graphql(query, variables)
  }
  const phase = memoryPhase({ forge, ...options })
  made.push(phase)
  return phase
}

const heads = async (): Promise<Record<string, string | undefined>> => {
  const names = await server.repository.branches()
  return Object.fromEntries(await Promise.all(names.map(async name => [name, await server.repository.head(name)])))
}

async function pins(): Promise<SeedPins> {
  return parseSeedPins(Buffer.from((await server.repository.read('nix-seed', 'seed.json'))!), 'seed.json')
}

/** Commits to the branch of the pins, which is made if it is not there. */
async function record(files: Record<string, Buffer>): Promise<string> {
  const { repository } = server
  const parent = await repository.head('nix-seed')
  const changes = Object.entries(files).map(([path, content]) => ({ path, content }))
  const tree = await repository.git.writeTree(undefined, changes)
  const who = { name: 'Test', email: 'test@localhost' }
  const parents = parent === undefined ? [] : [parent]
  const oid = await repository.git.writeCommit({ tree, parents, message: 'Pin', author: who, committer: who })
  await repository.setBranch('nix-seed', oid)
  return oid
}

/** Has main pin what is recorded for it. */
async function pin(systems: SeedPins['systems'], dep = OLD): Promise<void> {
  const bytes = pinBytes(systems)
  const rev = await record({ 'seed.json': bytes })
  await server.repository.commit('main', { 'flake.lock': lockWith(dep, { rev, bytes }) })
}

describe('a flake without the input', () => {
  test('has its seed recorded, and is told the lines to add', async () => {
    const error = await failureOf(pinSeed(pinned(OLD_KEY), '', NONE, job().phase))
    expect(error.code).toBe('PIN_MISSING')
    expect(error.hint).toContain('seed-self = { url = "github:octo/Hello/nix-seed"; flake = false; };')
    expect((await pins()).systems[SYSTEM]).toEqual(pinned(OLD_KEY))
    expect(await server.repository.branches()).toEqual(['main', 'nix-seed'])
  })
})

describe('a seed that is pinned already', () => {
  test('is left alone, although another commit came between that said something else', async () => {
    await pin({ [SYSTEM]: pinned(OLD_KEY) })
    await record({ 'seed.json': pinBytes({ [SYSTEM]: pinned(OLD_KEY, 'b') }) })
    expect(await pinSeed(pinned(OLD_KEY), '', NONE, job().phase)).toEqual({ operation: 'none' })
    expect(await server.repository.branches()).toEqual(['main', 'nix-seed'])
  })
})

describe('a job that comes late', () => {
  test('does not replace the seed of the lock that the base has by now', async () => {
    await pin({ [SYSTEM]: pinned(NEW_KEY, 'b') }, NEW)
    const before = await heads()
    const { phase, log } = job()
    expect(await pinSeed(pinned(OLD_KEY), '', NONE, phase)).toEqual({ operation: 'none' })
    expect(await heads()).toEqual(before)
    expect(log).toContainEqual(expect.stringMatching(/^warning: nix-seed has a seed for the flake\.lock of main/))
  })

  test('records its seed where the one that is there is of no use to the base either', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') }, NEW)
    const { phase, log } = job()
    expect(await pinSeed(pinned(OLD_KEY), '', NONE, phase)).toMatchObject({ operation: 'created' })
    expect((await pins()).systems[SYSTEM]).toEqual(pinned(OLD_KEY))
    expect(log).toContainEqual(expect.stringMatching(/^warning: main has another flake\.lock/))
  })
})

describe('who has signed the seed', () => {
  const digest = `sha256:${'b'.repeat(64)}`
  const files = { bundle: '/bundle', sbom: '/sbom' }
  const signed = { kind: 'signed', attestation: digest, builderId: 'https://example.org/builder', ...files } as const

  test.each([
    ['https://github.com/octo/hello/.github/workflows/seed.yml@refs/heads/main', false],
    ['https://github.com/octo/Hello-2/.github/workflows/seed.yml@refs/heads/main', true]
  ])('stands in the pull request: %s', async (identity, isForeign) => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    await pinSeed(
      pinned(OLD_KEY),
      '',
      { ...signed, identity, issuer: 'https://issuer.example', logIndex: '7' },
      job().phase
    )
    const body = server.pullRequests[0]!.body ?? ''
    expect(body).toContain(`| signed by |  | \`${identity}\` |`)
    // The workflow names the public log.
    expect(body).toContain('https://search.sigstore.dev/?logIndex=7')
    expect(/another repository/.test(body)).toBe(isForeign)
    expect(body.includes('cosign verify-attestation')).toBe(!isForeign)
  })

  test('is the builder for a key, and nobody where nobody is wanted', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const it = job()
    const key = { pem: '', builderId: 'https://example.org/builder' }
    const phase = { ...it.phase, inputs: { ...it.phase.inputs, signing: { ...it.phase.inputs.signing, key } } }
    await pinSeed(pinned(OLD_KEY), '', signed, phase)
    expect(server.pullRequests[0]!.body).toContain('| signed by |  | `https://example.org/builder` |')
    await pinSeed(pinned(OLD_KEY), '', NONE, job().phase)
    expect(server.pullRequests[0]!.body).toContain('| signed by |  | nobody |')
  })
})

describe('jobs at once', () => {
  test('for two systems end with both in one pull request', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const arm = job()
    arm.phase.system = 'aarch64-linux'
    const results = await Promise.all([
      pinSeed(pinned(OLD_KEY, 'd'), '', NONE, job().phase),
      pinSeed(pinned(OLD_KEY, 'e'), '', NONE, arm.phase)
    ])
    expect(new Set(results.map(({ number }) => number)).size).toBe(1)
    expect(Object.keys((await pins()).systems)).toEqual(['aarch64-linux', SYSTEM])
    const lock = JSON.parse((await server.repository.read('update-seed', 'flake.lock'))!)
    expect(lock.nodes['seed-self'].locked.rev).toBe(await server.repository.head('nix-seed'))
    expect(await server.repository.branches()).toEqual(['main', 'nix-seed', 'update-seed'])
    expect(server.pullRequests.filter(({ state }) => state === 'open')).toHaveLength(1)
  })

  test('that are cancelled in between leave no other branch', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const controller = new AbortController()
    const { phase } = job({ signal: controller.signal })
    // The second commit is that on the temporary branch.
    server.before({ field: 'createCommitOnBranch' }, () =>
      server.before({ field: 'createCommitOnBranch' }, () => controller.abort(new Error('cancelled')))
    )
    await expect(pinSeed(pinned(OLD_KEY), '', NONE, phase)).rejects.toThrow()
    expect((await server.repository.branches()).filter(name => name.startsWith('update-seed-'))).toEqual([])
    expect(server.pullRequests).toEqual([])
  })
})

describe('the base', () => {
  test('is never the branch of the pull request, whatever the event tells', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const { ref, refName } = { ref: 'refs/heads/update-seed', refName: 'update-seed' }
    const it = job({ job: { ref, refName } })
    const { defaultBranch: _, ...unknown } = it.phase.runner.job
    const phase = { ...it.phase, runner: { ...it.phase.runner, job: unknown }, inputs: { ...it.phase.inputs } }
    delete (phase.inputs as { pullRequestBase?: string }).pullRequestBase
    expect(await pinSeed(pinned(OLD_KEY), '', NONE, phase)).toMatchObject({ operation: 'created' })
    expect(server.pullRequests[0]).toMatchObject({ base: 'main', head: 'update-seed' })
  })

  test('that is not there is told, and what is recorded stays', async () => {
    const error = await failureOf(
      pinSeed(pinned(OLD_KEY), '', NONE, job({ inputs: { pullRequestBase: 'gone' } }).phase)
    )
    expect(error).toMatchObject({ code: 'PIN_INVALID', hint: expect.stringContaining('pull-request-base') })
  })
})

describe('a branch of pins', () => {
  test('with other files beside is refused and left as it is', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    await server.repository.commit('nix-seed', { 'README.md': 'hello' })
    const before = await heads()
    const error = await failureOf(pinSeed(pinned(OLD_KEY), '', NONE, job().phase))
    expect(error).toMatchObject({ code: 'PIN_INVALID', message: expect.stringContaining('README.md') })
    expect(await heads()).toEqual(before)
  })

  test('that names images elsewhere has nobody asked for them', async () => {
    const asked: string[] = []
    const registry = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(404).end()
    })
    await new Promise<void>(resolve => registry.listen(0, '127.0.0.1', resolve))
    try {
      const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`
      const own = { kind: 'registry', host, repository: 'octo/seed' } as const
      await pin({
        [SYSTEM]: pinned('0'.repeat(64), 'b', `${host}/octo/seed`),
        'riscv64-linux': pinned('0'.repeat(64), 'b', `${host}/evil/seed`)
      })
      const seed = pinned(OLD_KEY, 'd', `${host}/octo/seed`)
      await pinSeed(seed, '', NONE, job({ inputs: { image: own } }).phase)
      expect(asked.filter(path => path.includes('octo/seed'))).not.toEqual([])
      await pin({ [SYSTEM]: seed })
      asked.length = 0
      await record({
        'seed.json': pinBytes({ [SYSTEM]: seed, 'riscv64-linux': pinned(OLD_KEY, 'e', `${host}/evil/seed`) })
      })
      expect(await pinSeed(seed, '', NONE, job({ inputs: { image: own } }).phase)).toMatchObject({
        operation: 'updated'
      })
      expect(asked).toEqual([])
    } finally {
      await new Promise(resolve => registry.close(resolve))
    }
  })
})
