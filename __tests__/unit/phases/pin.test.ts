import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { getOctokit } from '@actions/github'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { openRepository } from '../../../src/oci/repository.ts'
import type { RegistryName } from '../../../src/oci/name.ts'
import { MEDIA_TYPE } from '../../../src/oci/types.ts'
import type { Phase } from '../../../src/phases/context.ts'
import { pinSeed } from '../../../src/phases/pin.ts'
import { BUNDLE_TYPE } from '../../../src/seed/attestation.ts'
import { lockKey } from '../../../src/seed/key.ts'
import { parseSeedPins, type PinnedSeed, type SeedPins } from '../../../src/seed/pin.ts'
import { failureOf } from '../../support/failure.ts'
import { GitHubServer } from '../../support/github/server.ts'
import { lockWith, pinBytes, pinned } from '../../support/lock.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

// Every commit is one of Git's own: many programs, on machines that may be busy.
jest.setTimeout(60_000)

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

const SIGNED = {
  kind: 'signed',
  attestation: `sha256:${'b'.repeat(64)}`,
  builderId: 'https://example.org/builder',
  bundle: '/bundle',
  sbom: '/sbom'
} as const

describe('who has signed the seed', () => {
  const logUrl = 'https://search.sigstore.dev/?logIndex=7'

  test.each([
    ['https://github.com/octo/hello/.github/workflows/seed.yml@refs/heads/main', false],
    ['https://github.com/octo/Hello-2/.github/workflows/seed.yml@refs/heads/main', true]
  ])('stands in the pull request: %s', async (identity, isForeign) => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const signature = { ...SIGNED, identity, issuer: 'https://issuer.example', logIndex: '7', logUrl }
    await pinSeed(pinned(OLD_KEY), '', signature, job().phase)
    const body = server.pullRequests[0]!.body ?? ''
    expect(body).toContain(`| signed by |  | \`${identity}\` |`)
    expect(body).toContain(logUrl)
    expect(/another repository/.test(body)).toBe(isForeign)
    expect(body.includes('cosign verify-attestation')).toBe(!isForeign)
  })

  test('is the builder for a key, and nobody where nobody is wanted', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    await pinSeed(pinned(OLD_KEY), '', SIGNED, job().phase)
    expect(server.pullRequests[0]!.body).toContain('| signed by |  | `https://example.org/builder` |')
    await pinSeed(pinned(OLD_KEY), '', NONE, job().phase)
    expect(server.pullRequests[0]!.body).toContain('| signed by |  | nobody |')
  })
})

describe('a seed that this run has not signed', () => {
  const ARM = 'aarch64-linux'
  const OURS = { ...SIGNED, identity: 'https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/main' }
  let registry: RegistryServer
  let own: RegistryName
  beforeEach(async () => {
    registry = await RegistryServer.start()
    own = { kind: 'registry', host: registry.host, repository: 'octo/seed' }
  })
  afterEach(() => registry.close())

  /** A seed for `lockKey` whose image is in the registry, and on which something hangs that calls itself a provenance. */
  async function seed(mark: string, { key = OLD_KEY, attached = true } = {}): Promise<PinnedSeed> {
    const repository = openRepository(`${registry.host}/octo/seed`, { env: {} })
    try {
      const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [], annotations: { mark } }
      const { digest } = await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index)
      const annotations = { 'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1' }
      const bundle = { artifactType: BUNDLE_TYPE, mediaType: BUNDLE_TYPE, bytes: Buffer.from('{}'), annotations }
      if (attached) await repository.attach({ digest }, [bundle])
      return { ...pinned(key), image: `${registry.host}/octo/seed@${digest}` }
    } finally {
      await repository.close()
    }
  }

  const run = (system = SYSTEM): Phase => {
    const { phase } = job({ inputs: { image: own } })
    phase.system = system
    return phase
  }

  test('of another system is proposed where something hangs on it, and as no more than that', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const [mine, other] = [await seed('mine'), await seed('other')]
    await record({ 'seed.json': pinBytes({ [ARM]: other }) })
    expect(await pinSeed(mine, '', OURS, run())).toMatchObject({ operation: 'created' })
    const body = server.pullRequests[0]!.body ?? ''
    const [arm, x86] = body.slice(body.indexOf(`### \`${ARM}`)).split(`### \`${SYSTEM}`)
    expect(arm).toContain('not known: a provenance is attached (not verified here)')
    expect(arm).not.toContain(OURS.identity)
    expect(x86).toContain(`| signed by |  | \`${OURS.identity}\` |`)
  })

  test.each<[string, () => Promise<PinnedSeed>]>([
    ['on which nothing hangs', () => seed('other', { attached: false })],
    ['that cannot be asked for', async () => pinned(OLD_KEY, 'd')]
  ])('of another system, %s, is not proposed, and both stay recorded', async (_, make) => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const [mine, other] = [await seed('mine'), await make()]
    await record({ 'seed.json': pinBytes({ [ARM]: other }) })
    const error = await failureOf(pinSeed(mine, '', OURS, run()))
    expect(error).toMatchObject({ code: 'SEED_REFUSED', message: expect.stringContaining(ARM) })
    expect(error.hint).toContain(`${ARM}: ${other.image} (`)
    expect(error.hint).toContain(`Run seed mode for ${ARM}`)
    expect((await pins()).systems).toEqual({ [ARM]: other, [SYSTEM]: mine })
    expect(await server.repository.branches()).toEqual(['main', 'nix-seed'])
    expect(server.pullRequests).toEqual([])
    // Where no signature is wanted, it is proposed and told.
    expect(await pinSeed(mine, '', NONE, run())).toMatchObject({ operation: 'created' })
  })

  test('leaves a pull request that is open as it is', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    await pinSeed(await seed('first'), '', OURS, run())
    const before = await server.repository.head('update-seed')
    const { body } = server.pullRequests[0]!
    await record({ 'seed.json': pinBytes({ [ARM]: await seed('other', { attached: false }) }) })
    expect(await failureOf(pinSeed(await seed('second'), '', OURS, run()))).toMatchObject({ code: 'SEED_REFUSED' })
    expect(await server.repository.head('update-seed')).toBe(before)
    expect(server.pullRequests).toMatchObject([{ body }])
  })

  test('of another system is not asked about where the base pins it already', async () => {
    const other = pinned(OLD_KEY, 'd')
    await pin({ [ARM]: other, [SYSTEM]: pinned('0'.repeat(64), 'b') })
    expect(await pinSeed(await seed('mine'), '', OURS, run())).toMatchObject({ operation: 'created' })
    expect(server.pullRequests[0]!.body).not.toContain(ARM)
  })

  test('of this system has none of its signature', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') }, NEW)
    const [late, newer] = [await seed('late'), await seed('newer', { key: NEW_KEY, attached: false })]
    await record({ 'seed.json': pinBytes({ [SYSTEM]: newer }) })
    const signature = {
      ...OURS,
      issuer: 'https://issuer.example',
      logIndex: '42',
      logUrl: 'https://search.sigstore.dev/'
    }
    expect(await failureOf(pinSeed(late, '', signature, run()))).toMatchObject({ code: 'SEED_REFUSED' })
    expect(server.pullRequests).toEqual([])
    // The same image, with a provenance of whoever made it.
    await seed('newer', { key: NEW_KEY })
    expect(await pinSeed(late, '', signature, run())).toMatchObject({ operation: 'created' })
    const { body } = server.pullRequests[0]!
    expect(body).toContain(newer.image.split('@')[1])
    expect(body).toContain('(not verified here)')
    expect(body).not.toMatch(/seed\.yml|`42`|search\.sigstore|cosign/)
  })

  test('but taken as it is pinned, is neither recorded nor proposed, nor is any other', async () => {
    const mine = await seed('mine')
    await pin({ [SYSTEM]: mine })
    const earlier = { kind: 'earlier', attestation: SIGNED.attestation } as const
    expect(await pinSeed(mine, '', earlier, run())).toEqual({ operation: 'none' })
    await record({ 'seed.json': pinBytes({ [SYSTEM]: await seed('another'), [ARM]: await seed('other') }) })
    const before = await heads()
    expect(await pinSeed(mine, '', earlier, run())).toEqual({ operation: 'none' })
    expect(await heads()).toEqual(before)
    expect(server.pullRequests).toEqual([])
  })

  test('but taken as it is pinned, withdraws what was proposed before', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const mine = await seed('mine')
    await pinSeed(mine, '', OURS, run())
    await server.repository.commit('main', {
      'flake.lock': (await server.repository.read('update-seed', 'flake.lock'))!
    })
    const earlier = { kind: 'earlier', attestation: SIGNED.attestation } as const
    expect(await pinSeed(mine, '', earlier, run())).toMatchObject({ operation: 'closed', number: 1 })
  })

  test('of another job at once is proposed with its own, since each signs before it records', async () => {
    await pin({ [SYSTEM]: pinned('0'.repeat(64), 'b') })
    const signing = async (system: string): Promise<unknown> => pinSeed(await seed(system), '', OURS, run(system))
    await Promise.all([signing(SYSTEM), signing(ARM)])
    expect(Object.keys((await pins()).systems)).toEqual([ARM, SYSTEM])
    const lock = JSON.parse((await server.repository.read('update-seed', 'flake.lock'))!)
    expect(lock.nodes['seed-self'].locked.rev).toBe(await server.repository.head('nix-seed'))
    expect(server.pullRequests.filter(({ state }) => state === 'open')).toHaveLength(1)
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
