import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { commitFile, deleteBranch, readBranch, replaceBranch } from '../../../src/github/branches.ts'
import { savePullRequest } from '../../../src/github/pull-requests.ts'
import { silentLog } from '../../../src/ports.ts'
import { failureOf } from '../../support/failure.ts'
import { gitHubAt } from '../../support/forge-answers.ts'
import { GitHubServer } from '../../support/github/server.ts'
import type { TokenOptions } from '../../support/github/tokens.ts'

const HERE = { owner: 'octo-org', name: 'project' }
const PIN = 'nix-seed'
const SEED = { path: 'seed.json', bytes: Buffer.from('\ufeff{"ü": 1}\r\n'), message: 'Seed\n\nFor x86_64-linux' }
const COMMITTING = { field: 'createCommitOnBranch' }
const REFS = '/repos/{owner}/{repo}/git/refs'
const REF = '/repos/{owner}/{repo}/git/refs/{ref}'

let server: GitHubServer
beforeEach(async () => {
  const files = { 'flake.nix': '{ }\n', 'flake.lock': 'old\n', 'sub/flake.lock': 'old\n' }
  server = await GitHubServer.start({ repository: 'octo-org/project', files })
})
afterEach(async () => {
  await server.close()
  expect(server.violations).toEqual([])
  expect(server.faults.armed).toBe(0)
})

function open(options: { signal?: AbortSignal } & Partial<TokenOptions> = {}) {
  const { signal, ...token } = options
  const permissions = { contents: 'write', 'pull-requests': 'write' } as const
  const issued = server.issueToken({ kind: 'job', permissions, ...token })
  return { ...gitHubAt(server.apiUrl, issued, signal ? { signal } : {}), token: issued }
}

const bytesOf = (branch: string, path: string) =>
  server.repository.git.git(['cat-file', 'blob', `refs/heads/${branch}:${path}`])
const committer = async (oid: string) => (await server.repository.git.commit(oid)).committer

describe('reading a branch', () => {
  test('gives its head, and what is at the top of its tree', async () => {
    await server.repository.git.git(['update-ref', 'refs/heads/other', 'refs/heads/main'])
    const oid = await server.repository.head('other')
    const { date } = await committer(oid!)
    expect(await readBranch(open().github, HERE, 'other')).toEqual({
      oid,
      committedAt: Date.parse(date) / 1000,
      files: [
        { path: 'flake.lock', mode: '100644', type: 'blob' },
        { path: 'flake.nix', mode: '100644', type: 'blob' },
        { path: 'sub', mode: '040000', type: 'tree' }
      ]
    })
  })

  test('gives undefined where there is none, and for tags of its name', async () => {
    await server.repository.git.git(['update-ref', 'refs/tags/v1', 'refs/heads/main'])
    expect(await readBranch(open().github, HERE, PIN)).toBeUndefined()
    expect(await readBranch(open().github, HERE, 'v1')).toBeUndefined()
  })
})

describe("a forge of one's own", () => {
  test('is asked at its own addresses', async () => {
    const own = await GitHubServer.start({ kind: 'enterprise', repository: 'octo-org/project', files: { a: '' } })
    try {
      const token = own.issueToken({ kind: 'job', permissions: { contents: 'write' } })
      const { github } = gitHubAt(own.apiUrl, token)
      const commit = await commitFile(github, HERE, PIN, { ...SEED, expectedHead: undefined })
      expect(await readBranch(github, HERE, PIN)).toMatchObject({ ...commit })
      expect(own.violations).toEqual([])
    } finally {
      await own.close()
    }
  })
})

describe('the first commit of a branch', () => {
  const create = (github: ReturnType<typeof open>['github'], bytes = SEED.bytes) =>
    commitFile(github, HERE, PIN, { ...SEED, bytes, expectedHead: undefined })

  test('stands alone, is signed, and holds the one file', async () => {
    const commit = await create(open().github)
    expect(await server.repository.log(PIN)).toEqual([commit.oid])
    expect(await readBranch(open().github, HERE, PIN)).toEqual({
      ...commit,
      files: [{ path: 'seed.json', mode: '100644', type: 'blob' }]
    })
    expect((await bytesOf(PIN, 'seed.json')).equals(SEED.bytes)).toBe(true)
    expect((await server.repository.git.commit(commit.oid)).message).toBe(SEED.message)
    expect(commit.committedAt).toBe(Date.parse((await committer(commit.oid)).date) / 1000)
    expect(server.isVerified(commit.oid)).toBe(true)
  })

  test('is made by one of two jobs at once, and the other learns of it', async () => {
    const results = await Promise.allSettled([
      create(open().github, Buffer.from('one')),
      create(open().github, Buffer.from('two'))
    ])
    const won = results.filter(result => result.status === 'fulfilled')
    const lost = results.filter(result => result.status === 'rejected')
    expect([won.length, lost.length]).toEqual([1, 1])
    expect(lost[0]!.reason).toMatchObject({
      code: 'FORGE_CONFLICT',
      message: expect.stringContaining('it exists by now'),
      hint: expect.stringContaining('concurrency')
    })
    expect(await server.repository.log(PIN)).toEqual([won[0]!.value.oid])
  })

  test('is made once where the answer is lost', async () => {
    server.fail({ method: 'POST', path: REFS }, { kind: 'lost-answer' })
    const commit = await create(open().github)
    expect(await server.repository.log(PIN)).toEqual([commit.oid])
  })

  test('does not touch a branch that is there', async () => {
    const oid = await server.repository.commit(PIN, { other: '' })
    expect(await failureOf(create(open().github))).toMatchObject({ code: 'FORGE_CONFLICT' })
    expect(await server.repository.head(PIN)).toBe(oid)
  })

  test('names the permission that it takes', async () => {
    const { github } = open({ permissions: { contents: 'read' } })
    expect(await failureOf(create(github))).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('creating the branch nix-seed'),
      resource: 'octo-org/project: nix-seed',
      hint: expect.stringContaining('\npermissions:\n  contents: write\n')
    })
    expect(await server.repository.branches()).toEqual(['main'])
  })
})

describe('a further commit', () => {
  let first: string
  beforeEach(async () => (first = await server.repository.commit(PIN, { 'seed.json': 'first' })))
  const append = (github: ReturnType<typeof open>['github'], change = {}) =>
    commitFile(github, HERE, PIN, { ...SEED, expectedHead: first, ...change })

  test('comes upon the head, is signed, and changes one file', async () => {
    const commit = await append(open().github)
    expect((await server.repository.log(PIN)).slice(0, 2)).toEqual([commit.oid, first])
    expect((await bytesOf(PIN, 'seed.json')).equals(SEED.bytes)).toBe(true)
    expect((await server.repository.git.commit(commit.oid)).message).toBe(SEED.message)
    expect(commit.committedAt).toBe(Date.parse((await committer(commit.oid)).date) / 1000)
    expect(server.isVerified(commit.oid)).toBe(true)
    expect((await readBranch(open().github, HERE, PIN))!.files.map(({ path }) => path)).toContain('flake.nix')
  })

  test('is not made where the head moved at the last moment', async () => {
    server.before(COMMITTING, () => server.repository.commit(PIN, { 'seed.json': 'theirs' }))
    expect(await failureOf(append(open().github))).toMatchObject({
      code: 'FORGE_CONFLICT',
      message: `somebody else changed the branch nix-seed meanwhile: it is at ${await server.repository.head(PIN)} by now`
    })
    expect(await server.repository.read(PIN, 'seed.json')).toBe('theirs')
  })

  test('is not made where the branch went', async () => {
    server.before(COMMITTING, () => server.repository.setBranch(PIN, undefined))
    expect(await failureOf(append(open().github))).toMatchObject({
      code: 'FORGE_CONFLICT',
      message: expect.stringContaining('was removed')
    })
  })

  test('is made by one of two jobs at once', async () => {
    const results = await Promise.allSettled([
      append(open().github, { bytes: Buffer.from('one') }),
      append(open().github, { bytes: Buffer.from('two') })
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(result => result.status === 'rejected')!.reason).toMatchObject({ code: 'FORGE_CONFLICT' })
    expect((await server.repository.log(PIN)).length).toBe(3)
  })

  test('is made once where the answer is lost', async () => {
    server.fail(COMMITTING, { kind: 'lost-answer' })
    const commit = await append(open().github)
    expect((await server.repository.log(PIN)).slice(0, 2)).toEqual([commit.oid, first])
  })

  test('of somebody else is not taken for the own one whose answer is lost', async () => {
    for (const [files, message] of [
      [{ 'seed.json': 'theirs' }, SEED.message],
      [{ 'seed.json': SEED.bytes }, 'Theirs'],
      [{ 'seed.json': SEED.bytes, other: '' }, SEED.message]
    ] as const) {
      await server.repository.setBranch(PIN, first)
      server.before(COMMITTING, () => server.repository.commit(PIN, files, message))
      expect(await failureOf(append(open().github))).toMatchObject({ code: 'FORGE_CONFLICT' })
    }
  })

  test('is tried again while GraphQL does not know the head that REST knows', async () => {
    const message = 'Expected branch to point to "x" but it did not.  Pull and try again.'
    const body = JSON.stringify({
      data: null,
      errors: [{ type: 'STALE_DATA', path: ['createCommitOnBranch'], message }]
    })
    const headers = { 'content-type': 'application/json' }
    server.fail(COMMITTING, { kind: 'status', status: 200, body, headers })
    const commit = await append(open().github)
    expect(await server.repository.head(PIN)).toBe(commit.oid)
  })

  test('is made again after failures of the forge', async () => {
    server.fail(COMMITTING, { kind: 'status', status: 502 })
    server.fail(COMMITTING, { kind: 'cut' })
    await append(open().github)
    expect((await server.repository.log(PIN)).length).toBe(3)
  })

  test('names the permission that it takes', async () => {
    const { github } = open({ permissions: { contents: 'read' } })
    expect(await failureOf(append(github))).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('committing to the branch nix-seed'),
      hint: expect.stringContaining('\npermissions:\n  contents: write\n')
    })
  })

  test('tells of a token that expires half-way, without it', async () => {
    const { github, token } = open({ expiresAfterRequests: 1 })
    await readBranch(github, HERE, PIN)
    const error = await failureOf(append(github))
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('has expired or was revoked')
    })
    expect(JSON.stringify([error, error.message, error.stack, error.hint, String(error.cause)])).not.toContain(token)
  })
})

describe('replacing a branch', () => {
  const BRANCH = 'nix-seed-update'
  const SCRATCH = 'nix-seed-update-1-1'
  const LOCK = { path: 'flake.lock', bytes: Buffer.from('new\r\n'), message: 'Update the seed' }
  let base: string
  beforeEach(async () => (base = (await server.repository.head('main'))!))
  const replace = (github: ReturnType<typeof open>['github'], change = {}) =>
    replaceBranch(github, HERE, BRANCH, { ...LOCK, base, scratch: SCRATCH, ...change })
  const writes = () => server.calls.filter(call => !call.startsWith('GET ') && !call.endsWith(' repository'))

  test('makes it the base and one signed commit', async () => {
    const commit = await replace(open().github)
    expect(await server.repository.log(BRANCH)).toEqual([commit.oid, base])
    expect((await bytesOf(BRANCH, 'flake.lock')).equals(LOCK.bytes)).toBe(true)
    expect(server.isVerified(commit.oid)).toBe(true)
    expect((await server.repository.branches()).sort()).toEqual(['main', BRANCH])
  })

  test('keeps its pull request open, as the base moves on', async () => {
    const { github } = open()
    const wanted = { labels: [], reviewers: [], teamReviewers: [], draft: false, autoMerge: 'off' as const }
    await replace(github)
    await savePullRequest(github, HERE, { head: BRANCH, base: 'main', title: 't', body: '', ...wanted }, silentLog)
    for (const text of ['one', 'two']) {
      await server.repository.commit(BRANCH, { stray: text }, 'By hand')
      base = await server.repository.commit('main', { source: text })
      const commit = await replace(github, { bytes: Buffer.from(text) })
      expect(await server.repository.log(BRANCH)).toEqual([commit.oid, ...(await server.repository.log('main'))])
      expect(server.pullRequests).toMatchObject([{ state: 'open', merged: false, headOid: commit.oid }])
    }
    // The ref moves once each time: never to the base in between.
    const moves = writes().filter(call => call === `PATCH /repos/octo-org/project/git/refs/heads/${BRANCH}`)
    expect(moves.length).toBe(2)
  })

  test('changes nothing where it is so already', async () => {
    const { github } = open()
    const commit = await replace(github)
    const before = writes().length
    expect(await replace(github)).toMatchObject({ ...commit })
    expect(writes().length).toBe(before)
    await replace(github, { path: 'sub/flake.lock' })
    const second = writes().length
    expect(second).toBeGreaterThan(before)
    await replace(github, { path: 'sub/flake.lock' })
    expect(writes().length).toBe(second)
  })

  test.each([
    ['the content', { bytes: Buffer.from('other') }],
    ['the file', { path: 'sub/flake.lock' }],
    ['the message', { message: 'Another title' }]
  ])('makes another commit where %s is another', async (_, change) => {
    const { github } = open()
    const { oid } = await replace(github)
    const commit = await replace(github, change)
    expect(commit.oid).not.toBe(oid)
    expect(await server.repository.log(BRANCH)).toEqual([commit.oid, base])
  })

  test('makes another commit where somebody added to it', async () => {
    const { github } = open()
    await replace(github)
    await server.repository.commit(BRANCH, { more: '' })
    const commit = await replace(github)
    expect(await server.repository.log(BRANCH)).toEqual([commit.oid, base])
  })

  test('takes over a scratch branch that was left', async () => {
    await server.repository.commit(SCRATCH, { left: '' })
    const commit = await replace(open().github)
    expect(await server.repository.log(BRANCH)).toEqual([commit.oid, base])
    expect((await server.repository.branches()).sort()).toEqual(['main', BRANCH])
  })

  test('goes on where others make or remove the branch meanwhile', async () => {
    server.before({ method: 'POST', path: REFS }, () => {})
    server.before({ method: 'POST', path: REFS }, () => server.repository.commit(BRANCH, { theirs: '' }))
    const commit = await replace(open().github)
    expect(await server.repository.head(BRANCH)).toBe(commit.oid)
    server.before({ method: 'PATCH', path: REF }, () => server.repository.setBranch(BRANCH, undefined))
    const second = await replace(open().github, { bytes: Buffer.from('2') })
    expect(await server.repository.head(BRANCH)).toBe(second.oid)
  })

  test.each([
    ['the commit is refused', COMMITTING, { kind: 'status', status: 400, body: 'no' }, 'FORGE_FAILED', 1],
    ['the commit fails again and again', COMMITTING, { kind: 'status', status: 500 }, 'FORGE_FAILED', 3],
    ['the branch cannot be moved', { method: 'PATCH' }, { kind: 'cut' }, 'FORGE_UNREACHABLE', 3]
  ] as const)('removes the scratch branch where %s', async (_, matcher, fault, code, times) => {
    await server.repository.commit(BRANCH, { before: '' })
    const before = await server.repository.head(BRANCH)
    server.fail(matcher, fault, times)
    const { github, logged } = open()
    expect(await failureOf(replace(github))).toMatchObject({ code })
    expect((await server.repository.branches()).sort()).toEqual(['main', BRANCH])
    expect(await server.repository.head(BRANCH)).toBe(before)
    expect(logged.filter(line => line.includes('temporary'))).toEqual([])
  })

  test('removes the scratch branch where the job is cancelled', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled')
    server.before(COMMITTING, () => stop.abort(reason))
    expect(await failureOf(replace(open({ signal: stop.signal }).github))).toBe(reason)
    // What was on its way when the job was cancelled may still arrive; the branch goes all the same.
    expect(await server.repository.branches()).toEqual(['main'])
  })

  test('removes the scratch branch where the answer to its making is lost for good', async () => {
    server.fail({ method: 'POST', path: REFS }, { kind: 'lost-answer' })
    server.fail({ method: 'POST', path: REFS }, { kind: 'cut' }, 2)
    expect(await failureOf(replace(open().github))).toMatchObject({ code: 'FORGE_UNREACHABLE' })
    expect(await server.repository.branches()).toEqual(['main'])
  })

  test('says where the scratch branch is left, and keeps the result', async () => {
    server.fail({ method: 'DELETE', path: REF }, { kind: 'status', status: 500 }, 3)
    const { github, logged } = open()
    const commit = await replace(github)
    expect(await server.repository.head(BRANCH)).toBe(commit.oid)
    expect(logged.at(-1)).toMatch(/^the temporary branch nix-seed-update-1-1 may be left, remove it by hand: /)
  })

  test('names the permission that it takes, and has nothing to remove then', async () => {
    const { github, logged } = open({ permissions: { contents: 'read' } })
    expect(await failureOf(replace(github))).toMatchObject({
      code: 'FORGE_DENIED',
      hint: expect.stringContaining('\npermissions:\n  contents: write\n')
    })
    expect(logged).toEqual([])
    expect(server.calls.filter(call => call.startsWith('DELETE'))).toEqual([])
  })
})

describe('removing a branch', () => {
  test('tells whether there was one', async () => {
    await server.repository.commit('a/b', { x: '' })
    expect(await deleteBranch(open().github, HERE, 'a/b')).toBe(true)
    expect(await deleteBranch(open().github, HERE, 'a/b')).toBe(false)
    expect(await server.repository.branches()).toEqual(['main'])
  })

  test('names the permission that it takes', async () => {
    const { github } = open({ permissions: { contents: 'read' } })
    expect(await failureOf(deleteBranch(github, HERE, 'main'))).toMatchObject({
      code: 'FORGE_DENIED',
      hint: expect.stringContaining('contents: write')
    })
  })
})
