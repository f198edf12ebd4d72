import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { getOctokit } from '@actions/github'
import { GitHubServer } from '../../support/github/server.ts'
import { failureOf } from '../../support/failure.ts'
import { output } from '../../support/lab.ts'

const WRITE = { contents: 'write', 'pull-requests': 'write' } as const
const REPO = { owner: 'octo-org', repo: 'project' }
const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } ref { name } } }`

let server: GitHubServer
let github: ReturnType<typeof getOctokit>

beforeAll(async () => {
  server = await GitHubServer.start({ files: { 'flake.nix': '{ }\n', 'src/a.txt': 'a\n' } })
})
afterAll(() => server.close())
beforeEach(() => {
  github = client({ kind: 'job', permissions: WRITE })
  server.violations.length = 0
  server.requests.length = 0
})

function client(options: Parameters<GitHubServer['issueToken']>[0]): ReturnType<typeof getOctokit> {
  return getOctokit(server.issueToken(options), { baseUrl: server.apiUrl })
}

async function head(branch = 'main'): Promise<string> {
  return (await server.repository.head(branch))!
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('contents', () => {
  test('come raw and as JSON, at any ref', async () => {
    const raw = await github.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...REPO,
      path: 'src/a.txt',
      ref: await head(),
      headers: { accept: 'application/vnd.github.raw+json' }
    })
    expect(raw.data).toBe('a\n')
    const { data } = await github.rest.repos.getContent({ ...REPO, path: 'src/a.txt' })
    expect(data).toMatchObject({ type: 'file', content: `${base64('a\n')}\n`, size: 2 })
    const folder = await github.rest.repos.getContent({ ...REPO, path: '' })
    expect((folder.data as { name: string }[]).map(({ name }) => name)).toEqual(['flake.nix', 'src'])
    const missing = await failureOf(github.rest.repos.getContent({ ...REPO, path: 'b' }))
    expect(missing.status).toBe(404)
    expect(server.violations).toEqual([])
  })
})

describe('refs and objects', () => {
  test('make a commit that git sees', async () => {
    const parent = await head()
    const { data: blob } = await github.rest.git.createBlob({ ...REPO, content: base64('b\n'), encoding: 'base64' })
    const { data: tree } = await github.rest.git.createTree({
      ...REPO,
      base_tree: parent,
      tree: [
        { path: 'src/b.txt', mode: '100644', type: 'blob', sha: blob.sha },
        { path: 'src/a.txt', mode: '100644', type: 'blob', sha: null }
      ]
    })
    const { data: commit } = await github.rest.git.createCommit({
      ...REPO,
      message: 'B',
      tree: tree.sha,
      parents: [parent]
    })
    await github.rest.git.createRef({ ...REPO, ref: 'refs/heads/objects', sha: commit.sha })
    const files = await output(['git', '-C', server.repository.folder, 'ls-tree', '-r', '--name-only', 'objects'])
    expect(files).toBe('flake.nix\nsrc/b.txt')
    expect(commit.verification.verified).toBe(true)
    expect(server.isVerified(commit.sha)).toBe(true)
    expect(server.violations).toEqual([])
  })
})

describe('createCommitOnBranch', () => {
  test('commits, signed, and refuses a head that has moved', async () => {
    await server.repository.setBranch('graph', await head())
    const expectedHeadOid = await head('graph')
    const input = {
      branch: { repositoryNameWithOwner: 'octo-org/project', branchName: 'graph' },
      expectedHeadOid,
      message: { headline: 'Pin' },
      fileChanges: { additions: [{ path: 'seed.json', contents: base64('{}') }], deletions: [{ path: 'src/a.txt' }] }
    }
    const answer: any = await github.graphql(COMMIT, { input })
    expect(answer.createCommitOnBranch.commit.oid).toBe(await head('graph'))
    expect(await server.repository.read('graph', 'seed.json')).toBe('{}')
    expect(await server.repository.read('graph', 'src/a.txt')).toBeUndefined()
    expect(server.isVerified(await head('graph'))).toBe(true)
    const stale = await failureOf(github.graphql(COMMIT, { input }))
    expect(stale.errors).toMatchObject([{ type: 'STALE_DATA', path: ['createCommitOnBranch'] }])
    expect(server.calls).toEqual(['POST /graphql createCommitOnBranch', 'POST /graphql createCommitOnBranch'])
    expect(server.violations).toEqual([])
  })
})

describe('pull requests', () => {
  test('are opened, changed and merged', async () => {
    await server.repository.commit('topic', { topic: '1' })
    const { data: pull } = await github.rest.pulls.create({
      ...REPO,
      title: 'T',
      head: 'topic',
      base: 'main',
      body: 'B',
      draft: true
    })
    expect(pull).toMatchObject({ number: 1, draft: true, commits: 1 })
    const twice = await failureOf(github.rest.pulls.create({ ...REPO, title: 'T', head: 'topic', base: 'main' }))
    expect(twice.status).toBe(422)
    expect(twice.message).toContain('A pull request already exists for octo-org:topic.')
    await github.rest.pulls.update({ ...REPO, pull_number: 1, title: 'U' })
    await github.rest.issues.addLabels({ ...REPO, issue_number: 1, labels: ['seed'] })
    await github.rest.issues.setLabels({ ...REPO, issue_number: 1, labels: [] })
    await github.rest.issues.addLabels({ ...REPO, issue_number: 1, labels: ['seed'] })
    await github.rest.pulls.requestReviewers({
      ...REPO,
      pull_number: 1,
      reviewers: ['hubot'],
      team_reviewers: ['maintainers']
    })
    await github.rest.issues.createComment({ ...REPO, issue_number: 1, body: 'C' })
    const { data: listed } = await github.rest.pulls.list({
      ...REPO,
      head: 'octo-org:topic',
      base: 'main',
      state: 'open'
    })
    expect(listed.map(({ title }) => title)).toEqual(['U'])
    expect(server.pullRequests[0]).toMatchObject({ labels: ['seed'], reviewers: ['hubot'], state: 'open', draft: true })
    const merged = await server.merge(1)
    expect(await head()).toBe(merged)
    expect(await server.repository.read('main', 'topic')).toBe('1')
    expect((await github.rest.pulls.get({ ...REPO, pull_number: 1 })).data.merged).toBe(true)
    expect(server.violations).toEqual([])
  })
})
