import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { closePullRequest, findPullRequest, savePullRequest } from '../../../src/github/pull-requests.ts'
import type { WantedPullRequest } from '../../../src/github/pull-requests.ts'
import { failureOf } from '../../support/failure.ts'
import { ForgeAnswers, gitHubAt } from '../../support/forge-answers.ts'
import { GitHubServer } from '../../support/github/server.ts'
import type { TokenOptions } from '../../support/github/tokens.ts'

const HERE = { owner: 'octo-org', name: 'project' }
const HEAD = 'nix-seed-update'
const PULLS = '/repos/{owner}/{repo}/pulls'
const OPENING = { method: 'POST', path: PULLS }

let server: GitHubServer
beforeEach(async () => {
  server = await GitHubServer.start({ repository: 'octo-org/project', files: { 'flake.lock': 'old\n' } })
  await server.repository.commit(HEAD, { 'flake.lock': 'new\n' })
})
let answers: ForgeAnswers | undefined
afterEach(async () => {
  await answers?.close()
  answers = undefined
  await server.close()
  expect(server.violations).toEqual([])
  expect(server.faults.armed).toBe(0)
})

function open(options: Partial<TokenOptions> = {}) {
  const permissions = { contents: 'write', 'pull-requests': 'write' } as const
  const token = server.issueToken({ kind: 'job', permissions, ...options })
  const { github, logged } = gitHubAt(server.apiUrl, token)
  const warnings: string[] = []
  const log = { debug() {}, info() {}, warn: (line: string) => void warnings.push(line) }
  const save = (wanted: Partial<WantedPullRequest> = {}) => savePullRequest(github, HERE, { ...WANTED, ...wanted }, log)
  return { github, logged, warnings, save, token }
}

const WANTED: WantedPullRequest = {
  head: HEAD,
  base: 'main',
  title: 'Update the seed',
  body: 'Old and new.\n\nAll of it.\n',
  labels: [],
  reviewers: [],
  teamReviewers: [],
  draft: false,
  autoMerge: 'off'
}
const writes = () => server.calls.filter(call => !call.startsWith('GET '))

describe('finding a pull request', () => {
  test('gives the open one of the branch, as it is', async () => {
    const { github, save } = open()
    expect(await findPullRequest(github, HERE, HEAD, undefined)).toBeUndefined()
    const { number, url } = await save({ labels: ['seed'], draft: true })
    expect(await findPullRequest(github, HERE, HEAD, 'main')).toEqual({
      number,
      url,
      nodeId: server.pullRequests[0]!.nodeId,
      title: WANTED.title,
      body: WANTED.body,
      draft: true,
      labels: ['seed'],
      headOid: await server.repository.head(HEAD),
      baseRef: 'main',
      isAutoMerged: false
    })
    expect(await findPullRequest(github, HERE, HEAD, 'other')).toBeUndefined()
    expect(await findPullRequest(github, HERE, 'other', undefined)).toBeUndefined()
  })

  test('passes over those that are closed', async () => {
    const { github, save } = open()
    const { number } = await save()
    await server.merge(number)
    expect(await findPullRequest(github, HERE, HEAD, undefined)).toBeUndefined()
  })

  test('passes over those of forks with a branch of that name', async () => {
    answers = await ForgeAnswers.start()
    const of = (full_name: string | undefined) => ({
      number: 1,
      labels: [],
      base: { ref: 'main' },
      head: { ref: HEAD, sha: '', repo: full_name === undefined ? null : { full_name } }
    })
    answers.answers.push({ body: [of('evil/project'), of(undefined), of('Octo-Org/project')] })
    const { github } = gitHubAt(`http://127.0.0.1:${answers.port}`, 'x')
    expect(await findPullRequest(github, HERE, HEAD, undefined)).toMatchObject({ number: 1 })
    answers.answers.push({ body: [of('evil/project'), of(undefined)] })
    expect(await findPullRequest(github, HERE, HEAD, undefined)).toBeUndefined()
    expect(answers.asked[0]!.line).toContain(`head=octo-org%3A${HEAD}`)
  })
})

describe('saving a pull request', () => {
  test('opens one with all that is wanted', async () => {
    const { save, warnings } = open()
    const saved = await save({
      labels: ['seed', 'dependencies'],
      reviewers: ['octocat', 'hubot'],
      teamReviewers: ['maintainers'],
      autoMerge: 'squash'
    })
    expect(saved).toEqual({ number: 1, url: `${server.serverUrl}/octo-org/project/pull/1`, operation: 'created' })
    expect(server.pullRequests).toMatchObject([
      {
        title: WANTED.title,
        body: WANTED.body,
        head: HEAD,
        base: 'main',
        draft: false,
        labels: ['seed', 'dependencies'],
        reviewers: ['octocat', 'hubot'],
        teamReviewers: ['maintainers'],
        autoMerge: { method: 'squash' }
      }
    ])
    expect(warnings).toEqual([])
  })

  test('leaves one that is as wanted alone', async () => {
    const { save } = open()
    await save({ labels: ['seed'], autoMerge: 'merge', reviewers: ['octocat'] })
    const before = writes().length
    expect(await save({ labels: ['Seed'], autoMerge: 'merge', reviewers: ['hubot'] })).toMatchObject({
      number: 1,
      operation: 'unchanged'
    })
    expect(writes().length).toBe(before)
  })

  test('takes the line ends of a browser for the same text', async () => {
    const { save } = open()
    await save()
    server.pullRequests[0]!.body = 'Old and new.\r\n\r\nAll of it.'
    expect(await save()).toMatchObject({ operation: 'unchanged' })
  })

  test('brings one up to date, and keeps what people did to it', async () => {
    const { save } = open()
    await save({ labels: ['seed'], draft: true })
    Object.assign(server.pullRequests[0]!, { labels: ['seed', 'urgent'], reviewers: ['hubot'], draft: false })
    expect(await save({ title: 'New', body: 'New.', labels: ['seed', 'nix'], draft: true })).toMatchObject({
      number: 1,
      operation: 'updated'
    })
    expect(server.pullRequests).toMatchObject([
      { title: 'New', body: 'New.', labels: ['seed', 'urgent', 'nix'], reviewers: ['hubot'], draft: false }
    ])
  })

  test('points the one there is to another base', async () => {
    const { save } = open()
    await server.repository.commit('next', { next: '' })
    await save()
    expect(await save({ base: 'next' })).toMatchObject({ number: 1, operation: 'updated' })
    expect(server.pullRequests).toMatchObject([{ base: 'next', state: 'open' }])
  })

  test('opens another one after the last was merged', async () => {
    const { save } = open()
    await server.merge((await save()).number)
    await server.repository.commit(HEAD, { 'flake.lock': 'newer\n' })
    expect(await save()).toMatchObject({ number: 2, operation: 'created' })
  })

  test('goes on with one that somebody else opened at the same moment', async () => {
    const other = open()
    server.before(OPENING, () => other.save({ title: 'Theirs', labels: ['theirs'] }))
    const mine = await open().save({ labels: ['mine'], reviewers: ['octocat'] })
    expect(mine).toMatchObject({ number: 1, operation: 'updated' })
    expect(server.pullRequests).toMatchObject([{ title: WANTED.title, labels: ['theirs', 'mine'], reviewers: [] }])
    expect(server.pullRequests.length).toBe(1)
  })

  test('opens one where the answer is lost, and no second one', async () => {
    server.fail(OPENING, { kind: 'lost-answer' })
    expect(await open().save({ labels: ['seed'] })).toMatchObject({ number: 1 })
    expect(server.pullRequests).toMatchObject([{ labels: ['seed'] }])
    expect(server.pullRequests.length).toBe(1)
  })

  test('cuts a body that is longer than the forge takes', async () => {
    await open().save({ body: 'x'.repeat(70_000) })
    expect(server.pullRequests[0]!.body).toMatch(/^x{60000,}\n\n…$/)
    expect(server.pullRequests[0]!.body!.length).toBe(65_536)
  })

  test('opens an ordinary one where there are no drafts', async () => {
    server.repository.settings.draftsSupported = false
    const { save, warnings } = open()
    expect(await save({ draft: true })).toMatchObject({ operation: 'created' })
    expect(server.pullRequests).toMatchObject([{ draft: false }])
    expect(warnings).toEqual([expect.stringContaining('takes no drafts')])
  })

  test('fails where there is nothing to merge, in the words of the forge', async () => {
    await server.repository.setBranch(HEAD, await server.repository.head('main'))
    expect(await failureOf(open().save())).toMatchObject({
      code: 'FORGE_FAILED',
      message: expect.stringContaining(`No commits between main and ${HEAD}`)
    })
  })
})

describe('what is not allowed', () => {
  test('to a token without the permission is named with the lines that grant it', async () => {
    const { save } = open({ permissions: { contents: 'write' } })
    expect(await failureOf(save())).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('opening a pull request'),
      resource: `octo-org/project: ${HEAD} → main`,
      hint: expect.stringContaining('\npermissions:\n  pull-requests: write\n')
    })
  })

  test('to Actions by a setting is named with the setting, and the other way works', async () => {
    server.repository.settings.actionsMayOpenPullRequests = false
    const error = await failureOf(open().save())
    expect(error).toMatchObject({ code: 'FORGE_DENIED', hint: expect.stringContaining('pull-request-token') })
    expect(error.hint).toContain('https://github.com/octo-org/project/settings/actions')
    const { save } = open({ kind: 'pat' })
    expect(await save()).toMatchObject({ operation: 'created' })
  })

  test('is told of a token that expires half-way, without it', async () => {
    const { save, token } = open({ expiresAfterRequests: 1 })
    const error = await failureOf(save())
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('has expired or was revoked')
    })
    expect(JSON.stringify([error, error.message, error.stack, error.hint, String(error.cause)])).not.toContain(token)
  })
})

describe('conveniences that cannot be had', () => {
  const everything = {
    labels: ['seed'],
    reviewers: ['nobody', 'octocat'],
    teamReviewers: ['ghosts', 'maintainers'],
    autoMerge: 'squash'
  } as const

  test('of names that the forge does not take cost those names alone', async () => {
    const { save, warnings } = open()
    expect(await save(everything)).toMatchObject({ operation: 'created' })
    expect(server.pullRequests).toMatchObject([{ reviewers: ['octocat'], teamReviewers: ['maintainers'] }])
    expect(warnings).toEqual([
      expect.stringMatching(
        /^pull request #1: nobody was not asked for a review\. .*collaborators.* read the repository/
      ),
      expect.stringMatching(/^pull request #1: the team ghosts was not asked .*pull-request-token.*members: read/)
    ])
  })

  test.each([
    ['auto-merge is not allowed', { allowAutoMerge: false }, /auto-merge is off.*Tick "Allow auto-merge"/],
    ['nothing is to be waited for', { requiresChecks: false }, /auto-merge is off.*clean status.*required check/]
  ])('since %s are told', async (_, settings, warning) => {
    Object.assign(server.repository.settings, settings)
    const { save, warnings } = open()
    expect(await save({ autoMerge: 'squash' })).toMatchObject({ operation: 'created' })
    expect(warnings).toEqual([expect.stringMatching(warning)])
  })

  test('for want of a permission are told with it, on one line each', async () => {
    const { save, warnings } = open({ permissions: { 'pull-requests': 'write', contents: 'read' } })
    expect(await save({ autoMerge: 'squash' })).toMatchObject({ operation: 'created' })
    expect(warnings).toEqual([expect.stringMatching(/auto-merge is off.*permissions: contents: write/)])
    expect(warnings[0]).not.toContain('\n')
  })

  test('after all others failed leave the pull request', async () => {
    const denied = { kind: 'status', status: 403, body: 'Resource not accessible by integration' } as const
    server.fail({ path: '/repos/{owner}/{repo}/issues/{issue_number}/labels' }, denied)
    server.fail({ path: `${PULLS}/{pull_number}/requested_reviewers` }, denied, 4)
    server.fail({ field: 'enablePullRequestAutoMerge' }, { kind: 'cut' }, 3)
    const { save, warnings } = open()
    expect(await save(everything)).toMatchObject({ number: 1, operation: 'created' })
    expect(warnings.length).toBe(6)
    expect(warnings[0]).toMatch(/it lacks the labels seed\. .*permissions: pull-requests: write/)
    expect(warnings[5]).toMatch(/auto-merge is off.*no answer/)
  })

  test('are made up for next time', async () => {
    server.repository.settings.allowAutoMerge = false
    server.fail({ path: '/repos/{owner}/{repo}/issues/{issue_number}/labels' }, { kind: 'status', status: 404 })
    await open().save(everything)
    server.repository.settings.allowAutoMerge = true
    expect(await open().save(everything)).toMatchObject({ operation: 'updated' })
    expect(server.pullRequests).toMatchObject([{ labels: ['seed'], autoMerge: { method: 'squash' } }])
  })
})

describe('closing a pull request', () => {
  async function opened() {
    const { github, save, logged } = open()
    await save()
    return { github, logged, found: (await findPullRequest(github, HERE, HEAD, 'main'))! }
  }
  const COMMENTS = { path: '/repos/{owner}/{repo}/issues/{issue_number}/comments' }

  test('says why', async () => {
    const { github, found } = await opened()
    await closePullRequest(github, HERE, found, 'Nothing differs any more.')
    expect(server.pullRequests).toMatchObject([
      { state: 'closed', merged: false, comments: [{ body: 'Nothing differs any more.' }] }
    ])
  })

  test('does not say it twice where the answer is lost', async () => {
    const { github, found, logged } = await opened()
    server.fail(COMMENTS, { kind: 'lost-answer' })
    await closePullRequest(github, HERE, found, 'Nothing differs any more.')
    expect(server.pullRequests[0]!.comments.length).toBe(1)
    expect(logged.at(-1)).toContain('no comment')
  })

  test('fails where it stays open', async () => {
    const { found } = await opened()
    const { github } = open({ permissions: { 'pull-requests': 'read' } })
    expect(await failureOf(closePullRequest(github, HERE, found, ''))).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('closing pull request #1'),
      hint: expect.stringContaining('pull-requests: write')
    })
    expect(server.pullRequests).toMatchObject([{ state: 'open', comments: [] }])
  })
})
