import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { getOctokit } from '@actions/github'
import { failureOf } from '../../support/failure.ts'
import { GitHubServer } from '../../support/github/server.ts'
import type { GitHubServerOptions } from '../../support/github/server.ts'
import type { TokenOptions } from '../../support/github/tokens.ts'
import { output } from '../../support/lab.ts'

const WRITE = { contents: 'write', 'pull-requests': 'write' } as const
const REPO = { owner: 'octo-org', repo: 'project' }
const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid signature { isValid } } ref { name } }
}`

type Octokit = ReturnType<typeof getOctokit>

/** A server for the tests of this `describe`, which may break no rule but where they say so. */
function useServer(options: GitHubServerOptions = {}): () => GitHubServer {
  let server: GitHubServer | undefined
  beforeAll(async () => {
    server = await GitHubServer.start({ files: { 'flake.nix': '{ }\n', 'src/a.txt': 'a\n' }, ...options })
  })
  beforeEach(() => {
    server!.requests.length = 0
  })
  afterEach(() => expect(server!.violations).toEqual([]))
  afterAll(() => server?.close())
  return () => server!
}

function client(server: GitHubServer, options: TokenOptions = { kind: 'job', permissions: WRITE }): Octokit {
  return clientWith(server, server.issueToken(options))
}

function clientWith(server: GitHubServer, token: string): Octokit {
  // Octokit takes the address of GraphQL from that of REST; both forms are its own.
  return getOctokit(token, { baseUrl: server.apiUrl })
}

/** What a query or mutation answers, of whatever shape. */
async function graphql(github: Octokit, query: string, variables: Record<string, unknown> = {}) {
  return JSON.parse(JSON.stringify(await github.graphql(query, variables)))
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

async function head(server: GitHubServer, branch = 'main'): Promise<string> {
  return (await server.repository.head(branch))!
}

function commitInput(branchName: string, expectedHeadOid: string, files: Record<string, string | null>) {
  const changed = Object.entries(files)
  return {
    input: {
      branch: { repositoryNameWithOwner: 'octo-org/project', branchName },
      expectedHeadOid,
      message: { headline: 'Change' },
      fileChanges: {
        additions: changed.flatMap(([path, text]) => (text === null ? [] : [{ path, contents: base64(text) }])),
        deletions: changed.flatMap(([path, text]) => (text === null ? [{ path }] : []))
      }
    }
  }
}

describe.each([{ kind: 'github.com' }, { kind: 'enterprise' }] as const)(
  'what is in a repository of $kind',
  options => {
    const server = useServer(options)

    test('comes raw and as JSON, at any ref', async () => {
      const github = client(server())
      const raw = await github.request('GET /repos/{owner}/{repo}/contents/{path}', {
        ...REPO,
        path: 'src/a.txt',
        ref: await head(server()),
        headers: { accept: 'application/vnd.github.raw+json' }
      })
      expect(raw.data).toBe('a\n')
      const { data } = await github.rest.repos.getContent({ ...REPO, path: 'src/a.txt', ref: 'main' })
      expect(data).toMatchObject({ type: 'file', content: `${base64('a\n')}\n`, size: 2 })
      const folder = await github.rest.repos.getContent({ ...REPO, path: '' })
      expect(folder.data).toMatchObject([{ name: 'flake.nix' }, { name: 'src', type: 'dir' }])
      for (const where of [{ path: 'b' }, { path: 'src/a.txt/b' }, { path: 'src/a.txt', ref: 'nowhere' }]) {
        expect(await failureOf(github.rest.repos.getContent({ ...REPO, ...where }))).toMatchObject({ status: 404 })
      }
    })

    test('is described: repository, branch, commit, limit', async () => {
      const github = client(server())
      const { data: repository } = await github.rest.repos.get(REPO)
      expect(repository).toMatchObject({ full_name: 'octo-org/project', default_branch: 'main', private: false })
      const { data: branch } = await github.rest.repos.getBranch({ ...REPO, branch: 'main' })
      expect(branch.commit.sha).toBe(await head(server()))
      const { data: commit } = await github.rest.repos.getCommit({ ...REPO, ref: 'heads/main' })
      expect(commit.commit.tree.sha).toMatch(/^[0-9a-f]{40}$/)
      const headers = { accept: 'application/vnd.github.sha' }
      const sha = await github.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...REPO, ref: 'main', headers })
      expect(sha.data).toBe(commit.sha)
      expect((await github.rest.rateLimit.get()).data.rate.limit).toBe(5000)
      const missing = await failureOf(github.rest.repos.getBranch({ ...REPO, branch: 'nowhere' }))
      expect(missing).toMatchObject({ status: 404 })
    })

    test('is asked for by GraphQL', async () => {
      const query = `query ($ref: String!, $expression: String!) {
      repository(owner: "octo-org", name: "project") {
        id isPrivate defaultBranchRef { name }
        ref(qualifiedName: $ref) { name prefix target { oid ... on Commit { committedDate history(first: 1) { totalCount nodes { message } } } } }
        object(expression: $expression) { __typename ... on Blob { text byteSize isBinary } }
        none: object(expression: "main:none") { oid }
        tree: object(expression: "main") { ... on Commit { file(path: "src/a.txt") { oid } tree { entries { name mode type } } } }
        pullRequests(first: 5, states: OPEN) { totalCount nodes { number } pageInfo { hasNextPage } }
      }
    }`
      const { repository } = await graphql(client(server()), query, {
        ref: 'refs/heads/main',
        expression: 'main:src/a.txt'
      })
      expect(repository.ref).toMatchObject({
        name: 'main',
        prefix: 'refs/heads/',
        target: { oid: await head(server()), history: { totalCount: 1, nodes: [{ message: 'Start' }] } }
      })
      expect(repository.object).toEqual({ __typename: 'Blob', text: 'a\n', byteSize: 2, isBinary: false })
      expect(repository.none).toBeNull()
      expect(repository.tree.tree.entries).toEqual([
        { name: 'flake.nix', mode: 0o100644, type: 'blob' },
        { name: 'src', mode: 0o40000, type: 'tree' }
      ])
      expect(repository.pullRequests).toEqual({ totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } })
    })
  }
)

describe('refs and objects', () => {
  const server = useServer()

  test('make a commit that git sees', async () => {
    const github = client(server())
    const parent = await head(server())
    const { data: blob } = await github.rest.git.createBlob({ ...REPO, content: base64('b\n'), encoding: 'base64' })
    const { data: tree } = await github.rest.git.createTree({
      ...REPO,
      base_tree: parent,
      tree: [
        { path: 'src/b.txt', mode: '100644', type: 'blob', sha: blob.sha },
        { path: 'src/a.txt', mode: '100644', type: 'blob', sha: null },
        { path: 'run', mode: '100755', type: 'blob', content: 'c' }
      ]
    })
    const made = { ...REPO, message: 'B', tree: tree.sha, parents: [parent] }
    const { data: commit } = await github.rest.git.createCommit(made)
    await github.rest.git.createRef({ ...REPO, ref: 'refs/heads/objects', sha: commit.sha })
    const files = await output(['git', '-C', server().repository.folder, 'ls-tree', '-r', 'objects'])
    expect(files.replace(/ blob \w+/g, '')).toBe('100644\tflake.nix\n100755\trun\n100644\tsrc/b.txt')
    expect((await github.rest.git.getTree({ ...REPO, tree_sha: tree.sha, recursive: '1' })).data.tree).toHaveLength(4)
    expect((await github.rest.git.getBlob({ ...REPO, file_sha: blob.sha })).data.content).toBe(`${base64('b\n')}\n`)
  })

  test.each([
    { who: 'a job', token: { kind: 'job', permissions: WRITE }, named: false, verified: true },
    { who: 'a job that names an author', token: { kind: 'job', permissions: WRITE }, named: true, verified: false },
    { who: 'a person', token: { kind: 'pat', permissions: WRITE }, named: false, verified: false }
  ] as const)('a commit of $who is verified: $verified', async ({ token, named, verified }) => {
    const github = client(server(), token)
    const parent = await server().repository.git.commit(await head(server()))
    const author = { name: 'A', email: 'a@localhost' }
    const commit = { ...REPO, message: 'B', tree: parent.tree, parents: [parent.oid], ...(named && { author }) }
    const { data } = await github.rest.git.createCommit(commit)
    expect(data.verification.verified).toBe(verified)
    expect(server().isVerified(data.sha)).toBe(verified)
  })

  test('a ref is made once, moved forwards unless forced, and removed once', async () => {
    const github = client(server())
    const first = await head(server())
    const second = await server().repository.commit('other', { other: '1' })
    const third = await server().repository.commit('third', { third: '1' })
    const ref = 'heads/deep/name'
    const none = '1'.repeat(40)
    const made = await github.rest.git.createRef({ ...REPO, ref: `refs/${ref}`, sha: first })
    expect(made).toMatchObject({ status: 201, data: { ref: `refs/${ref}`, object: { sha: first, type: 'commit' } } })
    const refusals: [Promise<unknown>, string][] = [
      [github.rest.git.createRef({ ...REPO, ref: `refs/${ref}`, sha: first }), 'Reference already exists'],
      [github.rest.git.createRef({ ...REPO, ref: 'refs/heads/new', sha: none }), 'Object does not exist'],
      [github.rest.git.createRef({ ...REPO, ref: 'new', sha: first }), 'not a valid ref name'],
      [github.rest.git.updateRef({ ...REPO, ref, sha: none }), 'Object does not exist'],
      [github.rest.git.updateRef({ ...REPO, ref: 'heads/none', sha: first }), 'Reference does not exist'],
      [github.rest.git.deleteRef({ ...REPO, ref: 'heads/none' }), 'Reference does not exist']
    ]
    for (const [promise, message] of refusals) {
      const failure = await failureOf(promise)
      expect(failure).toMatchObject({ status: 422 })
      expect(failure.message).toContain(message)
    }
    await github.rest.git.updateRef({ ...REPO, ref, sha: second })
    const back = await failureOf(github.rest.git.updateRef({ ...REPO, ref, sha: third }))
    expect(back.message).toContain('Update is not a fast forward')
    await github.rest.git.updateRef({ ...REPO, ref, sha: third, force: true })
    expect((await github.rest.git.getRef({ ...REPO, ref })).data.object.sha).toBe(third)
    await github.rest.git.deleteRef({ ...REPO, ref })
    expect(await failureOf(github.rest.git.getRef({ ...REPO, ref }))).toMatchObject({ status: 404 })
    expect(await server().repository.branches()).not.toContain('deep/name')
  })

  test('refs are made, moved and removed by GraphQL too', async () => {
    const github = client(server())
    const [first, second] = [await head(server()), await server().repository.commit('side', { side: '1' })]
    const { data } = await github.rest.repos.get(REPO)
    const create = 'mutation ($input: CreateRefInput!) { createRef(input: $input) { ref { id target { oid } } } }'
    const input = { repositoryId: data.node_id, name: 'refs/heads/graph', oid: second }
    const { createRef } = await graphql(github, create, { input })
    expect(createRef.ref.target.oid).toBe(second)
    expect((await failureOf(github.graphql(create, { input }))).message).toContain('already exists in the repository')
    const update = 'mutation ($input: UpdateRefInput!) { updateRef(input: $input) { ref { name } } }'
    const refId = createRef.ref.id
    const back = await failureOf(github.graphql(update, { input: { refId, oid: first } }))
    expect(back.message).toContain('not a fast forward')
    await github.graphql(update, { input: { refId, oid: first, force: true } })
    expect(await head(server(), 'graph')).toBe(first)
    await github.graphql('mutation ($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }', {
      input: { refId }
    })
    expect(await server().repository.head('graph')).toBeUndefined()
  })
})

describe('createCommitOnBranch', () => {
  const server = useServer()

  test('changes files and keeps the modes of those that were there', async () => {
    const { git } = server().repository
    const tree = await git.writeTree(await head(server()), [{ path: 'run', mode: '100755', content: '1' }])
    const person = { name: 'A', email: 'a@localhost' }
    const parents = [await head(server())]
    const parent = await git.writeCommit({ tree, parents, message: 'M', author: person, committer: person })
    await server().repository.setBranch('pin', parent)
    const files = { 'seed.json': '{}', run: '2', 'src/a.txt': null }
    const answer = await graphql(client(server()), COMMIT, commitInput('pin', parent, files))
    const oid = await head(server(), 'pin')
    expect(answer.createCommitOnBranch).toEqual({ commit: { oid, signature: { isValid: true } }, ref: { name: 'pin' } })
    expect((await git.tree(oid)).map(({ mode, path }) => `${mode} ${path}`)).toEqual([
      '100644 flake.nix',
      '100755 run',
      '100644 seed.json'
    ])
    expect(await server().repository.read('pin', 'run')).toBe('2')
    expect(await git.commit(oid)).toMatchObject({
      parents: [parent],
      author: { name: 'github-actions[bot]' },
      committer: { name: 'GitHub', email: 'noreply@github.com' }
    })
    expect(server().isVerified(oid)).toBe(true)
    expect(server().isVerified(parent)).toBe(false)
  })

  test('refuses a head that moved just before it came, and leaves the branch as it is', async () => {
    const expected = await server().repository.commit('race', { a: '1' })
    server().before({ field: 'createCommitOnBranch' }, () => server().repository.commit('race', { a: 'theirs' }))
    const failure = await failureOf(client(server()).graphql(COMMIT, commitInput('race', expected, { a: 'ours' })))
    expect(failure.errors).toMatchObject([
      {
        type: 'STALE_DATA',
        path: ['createCommitOnBranch'],
        message: `Expected branch to point to "${expected}" but it did not.  Pull and try again.`
      }
    ])
    expect(failure.data).toEqual({ createCommitOnBranch: null })
    expect(await server().repository.read('race', 'a')).toBe('theirs')
    expect(server().calls).toEqual(['POST /graphql createCommitOnBranch'])
  })

  test('of two that come at once, one is made', async () => {
    const expected = await server().repository.commit('twice', { a: '1' })
    const attempts = ['x', 'y'].map(text =>
      client(server()).graphql(COMMIT, commitInput('twice', expected, { a: text }))
    )
    const outcomes = (await Promise.allSettled(attempts)).map(({ status }) => status)
    expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
    expect(await server().repository.log('twice')).toHaveLength(3)
  })

  test.each([
    { what: 'a branch that is not there', branch: 'none', files: { a: '1' }, message: 'No ref was found' },
    {
      what: 'a file to delete that is not there',
      branch: 'main',
      files: { none: null },
      message: 'does not exist as of commit'
    },
    { what: 'a path in .git', branch: 'main', files: { '.git/config': '1' }, message: 'not valid' }
  ])('refuses $what', async ({ branch, files, message }) => {
    const before = await head(server())
    const failure = await failureOf(client(server()).graphql(COMMIT, commitInput(branch, before, files)))
    expect(failure.message).toContain(message)
    expect(await head(server())).toBe(before)
  })
})

describe('pull requests', () => {
  const server = useServer()
  let github: Octokit
  beforeEach(() => {
    github = client(server())
  })

  async function open(branch: string, more: { draft?: boolean } = {}): Promise<number> {
    await server().repository.commit(branch, { [branch]: '1' })
    return (await github.rest.pulls.create({ ...REPO, title: branch, head: branch, base: 'main', ...more })).data.number
  }
  const pull = (number: number) => server().repository.pullRequest(number)!

  test('are opened, changed, labelled, reviewed, commented and merged', async () => {
    const number = await open('topic')
    const twice = github.rest.pulls.create({ ...REPO, title: 'T', head: 'octo-org:topic', base: 'main' })
    expect((await failureOf(twice)).message).toContain('A pull request already exists for octo-org:topic.')
    const issue = { ...REPO, issue_number: number }
    await github.rest.pulls.update({ ...REPO, pull_number: number, title: 'U', body: 'B' })
    await github.rest.issues.addLabels({ ...issue, labels: ['seed', 'nix'] })
    await github.rest.issues.setLabels({ ...issue, labels: [] })
    await github.rest.issues.addLabels({ ...issue, labels: ['seed'] })
    expect((await github.rest.issues.listLabelsOnIssue(issue)).data).toMatchObject([{ name: 'seed' }])
    const reviewers = { reviewers: ['hubot'], team_reviewers: ['maintainers'] }
    await github.rest.pulls.requestReviewers({ ...REPO, pull_number: number, ...reviewers })
    const stranger = github.rest.pulls.requestReviewers({ ...REPO, pull_number: number, reviewers: ['stranger'] })
    expect((await failureOf(stranger)).message).toContain('Reviews may only be requested from collaborators')
    await github.rest.issues.createComment({ ...issue, body: 'C' })
    const { data: listed } = await github.rest.pulls.list({ ...REPO, head: 'octo-org:topic', base: 'main' })
    expect(listed).toMatchObject([{ number, title: 'U', body: 'B', user: { login: 'github-actions[bot]' } }])
    expect(pull(number)).toMatchObject({ labels: ['seed'], reviewers: ['hubot'], teamReviewers: ['maintainers'] })
    expect(pull(number).comments).toMatchObject([{ body: 'C' }])
    const merged = await server().merge(number)
    expect(await head(server())).toBe(merged)
    expect(await server().repository.read('main', 'topic')).toBe('1')
    const { data: after } = await github.rest.pulls.get({ ...REPO, pull_number: number })
    expect(after).toMatchObject({
      merged: true,
      state: 'closed',
      merge_commit_sha: merged,
      commits: 1,
      changed_files: 1
    })
    expect((await github.rest.pulls.list({ ...REPO, head: 'octo-org:topic' })).data).toEqual([])
  })

  test('are merged through the API, if the head is the one that was meant', async () => {
    const number = await open('merged')
    const wrong = github.rest.pulls.merge({ ...REPO, pull_number: number, sha: '1'.repeat(40) })
    expect(await failureOf(wrong)).toMatchObject({ status: 409 })
    const sha = await head(server(), 'merged')
    const { data } = await github.rest.pulls.merge({ ...REPO, pull_number: number, sha, merge_method: 'squash' })
    expect((await server().repository.git.commit(data.sha)).parents).toHaveLength(1)
    expect(await failureOf(github.rest.pulls.merge({ ...REPO, pull_number: number }))).toMatchObject({ status: 405 })
  })

  test('need something to merge, and names and texts that will do', async () => {
    await server().repository.setBranch('same', await head(server()))
    const create = (more: Partial<{ head: string; base: string; title: string; body: string }>) =>
      failureOf(github.rest.pulls.create({ ...REPO, title: 'T', head: 'long', base: 'main', ...more }))
    await server().repository.commit('long', { long: '1' })
    expect((await create({ head: 'same' })).message).toContain('No commits between main and same')
    expect((await create({ head: 'none' })).message).toContain('"field":"head","code":"invalid"')
    expect((await create({ base: 'none' })).message).toContain('"field":"base","code":"invalid"')
    expect((await create({ body: 'x'.repeat(65_537) })).message).toContain('body is too long')
    expect((await create({ title: '' })).message).toContain('missing_field')
  })

  test('close when their branch is put back to the base or goes, and count as merged when the base has it all', async () => {
    const numbers = [await open('reset'), await open('gone'), await open('pushed'), await open('more')]
    await server().repository.setBranch('reset', await head(server()))
    await github.rest.git.deleteRef({ ...REPO, ref: 'heads/gone' })
    await server().repository.commit('more', { more: '2' })
    await server().repository.setBranch('main', await head(server(), 'pushed'))
    const states = numbers.map(number => pull(number)).map(({ state, merged }) => ({ state, merged }))
    expect(states).toEqual([
      { state: 'closed', merged: false },
      { state: 'closed', merged: false },
      { state: 'closed', merged: true },
      { state: 'open', merged: false }
    ])
    expect(pull(numbers[3]!).headOid).toBe(await head(server(), 'more'))
    const reopened = github.rest.pulls.update({ ...REPO, pull_number: numbers[0]!, state: 'open' })
    expect(await failureOf(reopened)).toMatchObject({ status: 422 })
  })

  test('are closed and opened again by hand', async () => {
    const number = await open('again')
    await github.rest.pulls.update({ ...REPO, pull_number: number, state: 'closed' })
    expect(pull(number).state).toBe('closed')
    await github.rest.pulls.update({ ...REPO, pull_number: number, state: 'open' })
    expect(pull(number)).toMatchObject({ state: 'open', closedAt: null })
  })

  test('become drafts, are ready again, and merge by themselves where that is allowed', async () => {
    const number = await open('draft', { draft: true })
    const id = pull(number).nodeId
    const mutate = (name: string, input: object = {}) =>
      graphql(
        github,
        `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { pullRequest { isDraft autoMergeRequest { mergeMethod } } } }`,
        { input: { pullRequestId: id, ...input } }
      )
    expect((await failureOf(mutate('enablePullRequestAutoMerge'))).message).toContain('draft')
    await mutate('markPullRequestReadyForReview')
    expect(pull(number).draft).toBe(false)
    const { enablePullRequestAutoMerge } = await mutate('enablePullRequestAutoMerge', { mergeMethod: 'SQUASH' })
    expect(enablePullRequestAutoMerge.pullRequest).toEqual({
      isDraft: false,
      autoMergeRequest: { mergeMethod: 'SQUASH' }
    })
    expect((await github.rest.pulls.get({ ...REPO, pull_number: number })).data.auto_merge?.merge_method).toBe('squash')
    await mutate('convertPullRequestToDraft')
    expect(pull(number)).toMatchObject({ draft: true, autoMerge: undefined })
    await mutate('markPullRequestReadyForReview')
    const { settings } = server().repository
    settings.requiresChecks = false
    expect((await failureOf(mutate('enablePullRequestAutoMerge'))).message).toContain('clean status')
    settings.allowAutoMerge = false
    expect((await failureOf(mutate('enablePullRequestAutoMerge'))).message).toContain('not allowed for this repository')
  })

  test('come in pages', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) await open(name)
    const all = { ...REPO, state: 'all', per_page: 2 } as const
    const pages = await github.paginate(github.rest.pulls.list, all)
    expect(pages.map(({ number }) => number)).toEqual(
      server()
        .pullRequests.map(({ number }) => number)
        .reverse()
    )
  })

  test('are not for Actions to open where the organisation says so', async () => {
    server().repository.settings.actionsMayOpenPullRequests = false
    const failure = await failureOf(open('forbidden'))
    expect(failure).toMatchObject({ status: 403 })
    expect(failure.message).toContain('GitHub Actions is not permitted to create or approve pull requests.')
    github = client(server(), { kind: 'pat', permissions: WRITE, login: 'hubot' })
    expect(pull(await open('allowed')).user.login).toBe('hubot')
  })
})

describe('tokens', () => {
  const server = useServer({ private: true })

  test('that lack a permission are told which, in REST and in GraphQL', async () => {
    const github = client(server(), { kind: 'job', permissions: { contents: 'read' } })
    const sha = await head(server())
    const failure = await failureOf(github.rest.git.createRef({ ...REPO, ref: 'refs/heads/new', sha }))
    expect(failure).toMatchObject({
      status: 403,
      response: { headers: { 'x-accepted-github-permissions': 'contents=write' } }
    })
    expect(failure.message).toContain('Resource not accessible by integration')
    const labels = await failureOf(github.rest.issues.addLabels({ ...REPO, issue_number: 1, labels: ['a'] }))
    expect(labels).toMatchObject({
      response: { headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' } }
    })
    const commit = await failureOf(github.graphql(COMMIT, commitInput('main', sha, { a: '1' })))
    expect(commit.errors).toMatchObject([{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }])
    const person = client(server(), { kind: 'pat', permissions: { contents: 'read' } })
    const refused = await failureOf(person.rest.git.createRef({ ...REPO, ref: 'refs/heads/new', sha }))
    expect(refused.message).toContain('Resource not accessible by personal access token')
    expect(await head(server())).toBe(sha)
  })

  test('are needed for what is private, and have to be known', async () => {
    const read = (authorization?: string) =>
      fetch(`${server().apiUrl}/repos/octo-org/project`, {
        headers: authorization === undefined ? {} : { authorization }
      })
    expect((await read()).status).toBe(404)
    const unknown = await read('Bearer ghs_unknown')
    expect(unknown.status).toBe(401)
    expect(await unknown.json()).toMatchObject({ message: 'Bad credentials' })
    const token = server().issueToken({ kind: 'app', permissions: { contents: 'read' } })
    expect((await read(`token ${token}`)).status).toBe(200)
    server().revokeToken(token)
    expect((await read(`token ${token}`)).status).toBe(401)
    const other = server().issueToken({ kind: 'job', permissions: WRITE, repositories: ['octo-org/other'] })
    expect((await read(`Bearer ${other}`)).status).toBe(404)
    expect(server().requests.map(({ token: kind, status }) => [kind, status])).toEqual([
      ['none', 404],
      ['unknown', 401],
      ['app', 200],
      ['unknown', 401],
      ['job', 404]
    ])
    expect(JSON.stringify(server().requests)).not.toContain('ghs_')
  })

  test('expire half-way', async () => {
    const github = client(server(), { kind: 'job', permissions: WRITE, expiresAfterRequests: 2 })
    await github.rest.repos.get(REPO)
    await github.rest.repos.get(REPO)
    expect(await failureOf(github.rest.repos.get(REPO))).toMatchObject({ status: 401 })
    const graphql = failureOf(github.graphql('{ viewer { login } }'))
    expect(await graphql).toMatchObject({ status: 401 })
  })
})

describe('archives', () => {
  const server = useServer({ private: true })

  test('of what is private carry a ticket of their own, that is in no log', async () => {
    const token = server().issueToken({ kind: 'job', permissions: { contents: 'read' } })
    const headers = { authorization: `Bearer ${token}` }
    const url = `${server().apiUrl}/repos/octo-org/project/tarball/main`
    const redirect = await fetch(url, { headers, redirect: 'manual' })
    expect(redirect.status).toBe(302)
    const location = redirect.headers.get('location')!
    expect((await fetch(location.replace(/\?.*/, ''))).status).toBe(404)
    const archive = Buffer.from(await (await fetch(location)).arrayBuffer())
    const sha = await head(server())
    const names = await output(['tar', '-tz'], { input: archive })
    expect(names.split('\n')).toContain(`octo-org-project-${sha.slice(0, 7)}/src/a.txt`)
    expect(
      await output(['git', 'get-tar-commit-id'], { input: await output(['gzip', '-dc'], { input: archive }) })
    ).toBe(sha)
    expect(JSON.stringify(server().requests)).not.toContain(new URL(location).searchParams.get('token'))
  })
})

describe('faults', () => {
  const server = useServer()
  const get = (github = client(server())) => github.rest.repos.get(REPO)
  afterEach(() => server().faults.disarm())

  test('are met by as many requests as were said, and by those alone that match', async () => {
    server().fail(
      { method: 'GET', path: '/repos/{owner}/{repo}' },
      { kind: 'status', status: 502, body: 'bad gateway' },
      2
    )
    const sha = await head(server())
    await client(server()).rest.git.createRef({ ...REPO, ref: 'refs/heads/fault', sha })
    expect(await failureOf(get())).toMatchObject({ status: 502 })
    expect(server().faults.armed).toBe(1)
    expect(await failureOf(get())).toMatchObject({ status: 502 })
    expect((await get()).status).toBe(200)
  })

  test('are limits, as GitHub tells of them', async () => {
    server().fail({ path: /^\/repos\// }, { kind: 'primary-limit', resetAt: 2_000_000_000 })
    const primary = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2000000000' }
    expect(await failureOf(get())).toMatchObject({ status: 403, response: { headers: primary } })
    server().fail(({ token }) => token === 'job', { kind: 'secondary-limit', retryAfterS: 7, status: 429 })
    expect(await failureOf(get())).toMatchObject({ status: 429, response: { headers: { 'retry-after': '7' } } })
    server().fail({ field: 'viewer' }, { kind: 'primary-limit' })
    const graphql = await failureOf(client(server()).graphql('{ viewer { login } }'))
    expect(graphql.errors).toMatchObject([{ type: 'RATE_LIMITED' }])
  })

  test('cut before the work is done, or after it', async () => {
    const create = async (branch: string) =>
      client(server()).rest.git.createRef({ ...REPO, ref: `refs/heads/${branch}`, sha: await head(server()) })
    server().fail({ method: 'POST' }, { kind: 'cut' })
    await failureOf(create('cut'))
    server().fail({ method: 'POST' }, { kind: 'lost-answer' })
    await failureOf(create('lost'))
    expect(await server().repository.branches()).toEqual(expect.arrayContaining(['lost']))
    expect(await server().repository.branches()).not.toContain('cut')
  })

  test('are answers that come late', async () => {
    server().fail({}, { kind: 'slow', ms: 50 })
    const early = await failureOf(fetch(`${server().apiUrl}/rate_limit`, { signal: AbortSignal.timeout(5) }))
    expect(early.name).toBe('TimeoutError')
  })
})

describe('what GitHub would not understand', () => {
  const strict = useStrictServer()

  test.each([
    {
      what: 'an unknown route',
      method: 'GET',
      path: '/repos/octo-org/project/nothing',
      status: 404,
      violation: 'no such route'
    },
    { what: 'an unknown page', method: 'GET', path: '/octo-org/nothing', status: 404, violation: 'no such page' },
    {
      what: 'a query that is misspelt',
      method: 'GET',
      path: '/repos/octo-org/project/pulls?stat=open',
      status: 422,
      violation: 'query: must NOT have additional properties (stat)'
    },
    {
      what: 'a value that is none of the list',
      method: 'GET',
      path: '/repos/octo-org/project/pulls?state=opened',
      status: 422,
      violation: 'query/state: must be equal to one of the allowed values (open, closed, all)'
    },
    {
      what: 'a number that is none',
      method: 'GET',
      path: '/repos/octo-org/project/pulls/x',
      status: 422,
      violation: 'path/pull_number: must be integer'
    },
    {
      what: 'a body with a field too many',
      method: 'POST',
      path: '/repos/octo-org/project/git/blobs',
      body: '{"content":"","encodin":"base64"}',
      status: 422,
      violation: 'body: must NOT have additional properties (encodin)'
    },
    {
      what: 'a body that lacks one',
      method: 'POST',
      path: '/repos/octo-org/project/git/refs',
      body: '{"ref":"refs/heads/x"}',
      status: 422,
      violation: "body: must have required property 'sha'"
    },
    {
      what: 'no body',
      method: 'POST',
      path: '/repos/octo-org/project/git/refs',
      status: 422,
      violation: 'body: it is missing'
    },
    {
      what: 'a body that is no JSON',
      method: 'POST',
      path: '/repos/octo-org/project/git/refs',
      body: '{',
      status: 400,
      violation: 'the body is not JSON'
    },
    {
      what: 'a field that the schema has not',
      method: 'POST',
      path: '/graphql',
      body: '{"query":"{ viewer { nickname } }"}',
      status: 200,
      violation: 'Cannot query field "nickname" on type "User"'
    },
    {
      what: 'no GraphQL',
      method: 'POST',
      path: '/graphql',
      body: '{"query":"{ viewer {"}',
      status: 200,
      violation: 'Syntax Error'
    },
    {
      what: 'a variable of another type',
      method: 'POST',
      path: '/graphql',
      body: '{"query":"query ($n: Int!) { repository(owner: \\"o\\", name: \\"n\\") { pullRequest(number: $n) { id } } }","variables":{"n":"1"}}',
      status: 200,
      violation: 'Variable "$n"'
    },
    {
      what: 'what this server has no answer for',
      method: 'POST',
      path: '/graphql',
      body: '{"query":"{ viewer { bio } }"}',
      status: 200,
      violation: 'no answer for User.bio'
    }
  ])('is recorded: $what', async ({ method, path, body, status, violation }) => {
    const token = strict().issueToken({ kind: 'job', permissions: WRITE })
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(strict().serverUrl + path, { method, headers, ...(body !== undefined && { body }) })
    expect(answer.status).toBe(status)
    expect(strict().violations.join('\n')).toContain(violation)
  })

  function useStrictServer(): () => GitHubServer {
    let server: GitHubServer | undefined
    beforeAll(async () => {
      server = await GitHubServer.start({ files: { a: '1' } })
    })
    beforeEach(() => {
      server!.violations.length = 0
    })
    afterAll(() => server?.close())
    return () => server!
  }
})
