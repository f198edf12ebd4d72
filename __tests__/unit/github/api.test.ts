import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { GitHubOptions } from '../../../src/github/api.ts'
import { refusalOf } from '../../../src/github/failure.ts'
import { permissionHint } from '../../../src/permission.ts'
import { failureOf } from '../../support/failure.ts'
import { ForgeAnswers, gitHubAt } from '../../support/forge-answers.ts'
import type { GivenAnswer } from '../../support/forge-answers.ts'

const TOKEN = 'ghs_0123456789abcdefghijABCDEFGHIJ0123'
const ROUTE = 'GET /repos/{owner}/{repo}'
const HERE = { owner: 'org', repo: 'project' }
const QUERY = 'query { viewer { login } }'
const MUTATION = 'mutation { addStar { clientMutationId } }'

let server: ForgeAnswers
beforeEach(async () => (server = await ForgeAnswers.start()))
afterEach(() => server.close())

function open(answers: GivenAnswer[], options: Partial<GitHubOptions> & { signal?: AbortSignal } = {}) {
  server.answers.push(...answers)
  return gitHubAt(`http://127.0.0.1:${server.port}`, TOKEN, options)
}

const refused = (status: number, message: string, headers: Record<string, string> = {}): GivenAnswer => ({
  status,
  headers,
  body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }
})
const graphqlRefused = (type: string | undefined, message: string, headers = {}): GivenAnswer => ({
  headers,
  body: { data: { viewer: null }, errors: [{ ...(type && { type }), path: ['viewer'], message }] }
})
const seconds = (fromNow: number): string => String(Math.floor(Date.now() / 1000) + fromNow)
const usedUp = (resetIn: number, status = 403): GivenAnswer =>
  refused(status, 'API rate limit exceeded for installation ID 1.', {
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': seconds(resetIn)
  })
const said = (error: Error & Record<string, unknown>): string => `${error.message}\n${String(error.hint)}`

describe('a request', () => {
  test('gives the data of the answer', async () => {
    const { github } = open([{ body: { id: 1 } }])
    expect(await github.request(ROUTE, HERE)).toEqual({ id: 1 })
    expect(server.asked.map(({ line }) => line)).toEqual(['GET /repos/org/project'])
    expect(server.asked[0]!.headers.authorization).toBe(`token ${TOKEN}`)
  })

  test('of GraphQL gives its data, and sends the variables', async () => {
    const { github } = open([{ body: { data: { viewer: { login: 'me' } } } }])
    expect(await github.graphql(QUERY, { a: 1 })).toEqual({ viewer: { login: 'me' } })
    expect(JSON.parse(server.asked[0]!.body)).toEqual({ query: QUERY, variables: { a: 1 } })
  })

  test.each([408, 429, 500, 502, 503])('is made again after status %d, and told', async status => {
    const { github, logged } = open([{ status }, { body: [] }])
    expect(await github.request(ROUTE, HERE)).toEqual([])
    expect(logged).toEqual([expect.stringMatching(/trying again in 1 s$/)])
  })

  test('is made again after connections that end before or within the answer', async () => {
    const { github } = open([{ cut: 'before' }, { cut: 'within', body: { id: 'long enough' } }, { body: { id: 1 } }])
    expect(await github.request(ROUTE, HERE)).toEqual({ id: 1 })
  })

  test('of GraphQL is made again after answers that break off, are no JSON, or say that something went wrong', async () => {
    const backoff = { attempts: 5, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 }
    const { github } = open(
      [
        { cut: 'within', body: { data: { viewer: 1 } } },
        { body: '<html>' },
        graphqlRefused(undefined, 'Something went wrong while executing your query.'),
        { body: { data: { viewer: 1 } } }
      ],
      { backoff }
    )
    expect(await github.graphql(QUERY, {})).toEqual({ viewer: 1 })
  })

  test('is given up after some tries', async () => {
    const { github } = open([refused(502, 'Bad Gateway'), refused(502, 'Bad Gateway'), refused(502, 'Bad Gateway')])
    const error = await failureOf(github.request(ROUTE, HERE, { doing: 'reading it' }))
    expect(error).toMatchObject({
      code: 'FORGE_FAILED',
      message: 'reading it: 127.0.0.1 says "Bad Gateway"'.replace('127.0.0.1', 'github.com'),
      resource: 'org/project',
      hint: expect.stringContaining('githubstatus')
    })
    expect(server.asked.length).toBe(3)
  })

  test('gets an answer in time or fails', async () => {
    const { github } = open([{ silent: true }, { silent: true }, { silent: true }], { timeoutMs: 50 })
    expect(await failureOf(github.request(ROUTE, HERE))).toMatchObject({
      code: 'FORGE_UNREACHABLE',
      message: expect.stringContaining('no answer from github.com within 0.05 s')
    })
  })

  test('fails where nothing listens', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    const { port } = await new Promise<AddressInfo>(resolve =>
      free.once('listening', () => resolve(free.address() as AddressInfo))
    )
    await new Promise(resolve => free.close(resolve))
    const { github, logged } = gitHubAt(`http://127.0.0.1:${port}`, TOKEN)
    expect(await failureOf(github.request('POST /user/repos', {}))).toMatchObject({
      code: 'FORGE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('proxy')
    })
    expect(logged.length).toBe(2) // nothing was sent, so even this could be tried again
  })

  test('ends with the reason of the signal, at once', async () => {
    const stop = new AbortController()
    const reason = new Error('stopped')
    const { github } = open([{ silent: true }], { signal: stop.signal })
    const asking = failureOf(github.request(ROUTE, HERE))
    while (server.asked.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    stop.abort(reason)
    expect(await asking).toBe(reason)
    expect(await failureOf(github.graphql(QUERY, {}))).toBe(reason)
    expect(server.asked.length).toBe(1)
  })

  test('that puts something in order goes out after the signal', async () => {
    const { github } = open([{ status: 204, body: '' }], { signal: AbortSignal.abort(new Error('stopped')) })
    await github.request('DELETE /repos/{owner}/{repo}', HERE, { cleanUp: true })
    expect(server.asked.length).toBe(1)
  })

  test('takes 404 for an answer where that was said', async () => {
    const { github } = open([refused(404, 'Not Found')])
    expect(await github.request(ROUTE, HERE, { notFound: 'undefined' })).toBeUndefined()
  })

  test('passes defects on as they are', async () => {
    const defect = new TypeError('x is not a function')
    const { github } = gitHubAt('http://127.0.0.1:9', TOKEN)
    const failing = {
      toJSON: () => {
        throw defect
      }
    }
    expect(await failureOf(github.request('POST /user/repos', { failing }))).toBe(defect)
  })
})

describe('what may harm if it happens twice', () => {
  const ask = {
    POST: (github: ReturnType<typeof open>['github'], repeatable?: boolean) =>
      github.request('POST /user/repos', {}, repeatable === undefined ? {} : { repeatable }),
    mutation: (github: ReturnType<typeof open>['github'], repeatable?: boolean) =>
      github.graphql(MUTATION, {}, repeatable === undefined ? {} : { repeatable })
  }

  test.each(['POST', 'mutation'] as const)('is not done again where it may have happened: %s', async kind => {
    for (const answer of [{ cut: 'before' } as const, { cut: 'within', body: { data: 1 } } as const, { status: 502 }]) {
      server.asked.length = 0
      const { github } = open([answer])
      expect(await failureOf(ask[kind](github))).toMatchObject({
        code: answer.status === 502 ? 'FORGE_FAILED' : 'FORGE_UNREACHABLE',
        hint: expect.stringContaining('may have been done all the same')
      })
      expect(server.asked.length).toBe(1)
    }
  })

  test.each(['POST', 'mutation'] as const)('is done again where it was turned away: %s', async kind => {
    const { github } = open([{ status: 429, headers: { 'retry-after': '0' } }, { body: { data: { done: true } } }])
    expect(await ask[kind](github)).toMatchObject({})
    expect(server.asked.length).toBe(2)
  })

  test.each(['POST', 'mutation'] as const)('is done again where it was said to be harmless: %s', async kind => {
    const { github } = open([{ cut: 'before' }, { status: 502 }, { body: { data: { done: true } } }])
    expect(await ask[kind](github, true)).toMatchObject({})
  })
})

describe('rate limits', () => {
  test('of the hour are waited for, where their end is near', async () => {
    // By the forge's clock, which is hours ahead of this one.
    const ahead = Date.now() + 7_200_000
    const limited = usedUp(0)
    limited.headers = {
      ...limited.headers,
      date: new Date(ahead).toUTCString(),
      'x-ratelimit-reset': String(Math.floor(ahead / 1000))
    }
    const { github, logged } = open([limited, { body: [1] }])
    expect(await github.request(ROUTE, HERE)).toEqual([1])
    expect(logged).toEqual(['github.com takes no more requests for now; trying again in 1 s'])
  })

  test.each([403, 429])('of the hour fail with the time of their end, where it is far (status %d)', async status => {
    const { github } = open([usedUp(1500, status)])
    const error = await failureOf(github.request(ROUTE, HERE, { doing: 'reading it' }))
    expect(error).toMatchObject({ code: 'FORGE_LIMITED' })
    const [, date, time, minutes] = /until (\S+) (\S+) UTC \((\d+) minutes from now\)/.exec(error.message)!
    expect(Math.abs(Date.parse(`${date}T${time}:00Z`) - (Date.now() + 1_500_000))).toBeLessThan(120_000)
    expect(Math.abs(Number(minutes) - 25)).toBeLessThan(3)
    expect(server.asked.length).toBe(1)
  })

  test('of GraphQL do as well', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(600) }
    const { github } = open([graphqlRefused('RATE_LIMITED', 'API rate limit exceeded', headers)])
    const error = await failureOf(github.graphql(MUTATION, {}))
    expect(error).toMatchObject({ code: 'FORGE_LIMITED', message: expect.stringContaining(' UTC (1') })
  })

  test.each([
    ['secondary', refused(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' })],
    ['of any server', { status: 429, headers: { 'retry-after': '1' } }]
  ])('that say when to come back are waited for: %s', async (_, limited) => {
    const { github, logged } = open([limited, { body: [1] }])
    expect(await github.request(ROUTE, HERE)).toEqual([1])
    expect(logged.length).toBe(1)
  })

  test('are waited for no longer than allowed, all tries together', async () => {
    const limited = refused(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' })
    const { github } = open([limited, limited, limited], { maxWaitMs: 1500 })
    expect(await failureOf(github.request(ROUTE, HERE))).toMatchObject({ code: 'FORGE_LIMITED' })
    expect(server.asked.length).toBe(2)
  })

  test('without a time are a minute, and more than a quick one waits', async () => {
    const { github } = open([refused(403, 'You have exceeded a secondary rate limit.')], { maxWaitMs: 59_000 })
    expect(await failureOf(github.request(ROUTE, HERE))).toMatchObject({
      code: 'FORGE_LIMITED',
      message: expect.stringContaining('(1 minute from now)')
    })
  })

  test('are no excuse for a permission that is missing at the last request of the hour', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(1) }
    const { github } = open([refused(403, 'Resource not accessible by integration', headers)])
    expect(await failureOf(github.request(ROUTE, HERE))).toMatchObject({ code: 'FORGE_DENIED' })
  })
})

describe('a token', () => {
  test('that is wrong from the start is named as such', async () => {
    const { github } = open([refused(401, 'Bad credentials')])
    const error = await failureOf(github.request(ROUTE, HERE, { doing: 'reading it' }))
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      message: 'reading it: github.com does not accept the token: it is wrong, expired or revoked'
    })
  })

  test('that expires half-way is named as such', async () => {
    const { github } = open([{ body: {} }, refused(401, 'Bad credentials')])
    await github.request(ROUTE, HERE)
    const error = await failureOf(github.graphql(QUERY, {}, { doing: 'committing to nix-seed' }))
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      message: 'committing to nix-seed: the token was accepted before and is no longer: it has expired or was revoked',
      hint: expect.stringContaining('lives for one hour')
    })
  })
})

describe('a permission that is missing', () => {
  test.each([
    'contents: read',
    'contents: write',
    'pull-requests: write',
    'packages: read',
    'packages: write',
    'id-token: write'
  ] as const)('is named with the lines that grant it: %s', async permission => {
    const { github } = open([
      refused(403, 'Resource not accessible by integration'),
      graphqlRefused('FORBIDDEN', 'Resource not accessible by integration')
    ])
    for (const asking of [github.request(ROUTE, HERE, { permission }), github.graphql(QUERY, {}, { permission })]) {
      const error = await failureOf(asking)
      expect(error).toMatchObject({
        code: 'FORGE_DENIED',
        hint: expect.stringContaining(`\npermissions:\n  ${permission}\n`)
      })
      expect(error.hint).toContain(permissionHint(permission))
    }
  })

  test.each([
    ['contents=write', 'contents: write'],
    ['issues=write; pull_requests=write', 'pull-requests: write'],
    ['metadata=read,contents=read', 'contents: read']
  ])('is taken from the answer where the request does not know it: %s', async (accepted, permission) => {
    const headers = { 'x-accepted-github-permissions': accepted }
    const { github } = open([refused(403, 'Resource not accessible by integration', headers)])
    expect(await failureOf(github.request(ROUTE, HERE))).toMatchObject({
      hint: expect.stringContaining(`\npermissions:\n  ${permission}\n`)
    })
  })

  test('of a personal access token is named without YAML, which would not help', async () => {
    const { github } = open([refused(403, 'Resource not accessible by personal access token')])
    const error = await failureOf(github.request(ROUTE, HERE, { permission: 'contents: write' }))
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      hint: expect.stringContaining('"contents" with "write" access')
    })
    expect(error.hint).not.toContain('permissions:\n')
  })

  test('is not made up for what is archived or wants single sign-on', async () => {
    const { github } = open([
      refused(403, 'Repository was archived so is read-only.'),
      refused(403, 'Resource protected by organization SAML enforcement.')
    ])
    for (const message of ['archived', 'SAML']) {
      const error = await failureOf(github.request(ROUTE, HERE, { permission: 'contents: write' }))
      expect(error).toMatchObject({ code: 'FORGE_DENIED', message: expect.stringContaining(message) })
      expect(error.hint).toBeUndefined()
    }
  })

  test('may hide behind 404', async () => {
    const { github } = open([
      refused(404, 'Not Found'),
      graphqlRefused('NOT_FOUND', `Could not resolve to a Repository with the name 'org/project'.`)
    ])
    for (const asking of [
      github.request(ROUTE, HERE, { permission: 'contents: read' }),
      github.graphql(QUERY, {}, { permission: 'contents: read', resource: 'org/project' })
    ]) {
      expect(await failureOf(asking)).toMatchObject({
        code: 'FORGE_FAILED',
        resource: 'org/project',
        hint: expect.stringMatching(/org\/project does not exist, or .*private[^]*contents: read/)
      })
    }
  })

  test('to open pull requests at all is a setting, and there is another way', async () => {
    const { github } = open([refused(403, 'GitHub Actions is not permitted to create or approve pull requests.')])
    const error = await failureOf(
      github.request('POST /repos/{owner}/{repo}/pulls', HERE, { permission: 'pull-requests: write' })
    )
    expect(error).toMatchObject({ code: 'FORGE_DENIED' })
    expect(error.hint).toContain('Settings → Actions → General → Workflow permissions')
    expect(error.hint).toContain('https://github.com/org/project/settings/actions')
    expect(error.hint).toContain('organisation')
    expect(error.hint).toContain('pull-request-token')
    expect(error.hint).not.toContain('permissions:\n')
  })
})

describe('other refusals', () => {
  test.each([
    [409, 'reference already exists'],
    [422, 'Reference already exists'],
    [422, 'Update is not a fast forward'],
    [409, 'seed.json does not match 0123'],
    [409, 'is at 0123 but expected 4567']
  ])('of a branch that moved are conflicts: %d %s', async (status, message) => {
    const { github } = open([refused(status, message)])
    expect(await failureOf(github.request('PATCH /repos/{owner}/{repo}', HERE))).toMatchObject({
      code: 'FORGE_CONFLICT'
    })
  })

  test('of GraphQL for a branch that moved are conflicts', async () => {
    const message = 'Expected branch to point to "0123" but it did not. Pull and try again.'
    const { github } = open([graphqlRefused('STALE_DATA', message)])
    expect(await failureOf(github.graphql(MUTATION, {}))).toMatchObject({ code: 'FORGE_CONFLICT' })
    expect(server.asked.length).toBe(1)
  })

  test('of rules name the rules', async () => {
    const { github } = open([
      refused(422, 'Repository rule violations found: Cannot create ref due to creations being restricted.')
    ])
    expect(await failureOf(github.request('POST /repos/{owner}/{repo}/git/refs', HERE))).toMatchObject({
      code: 'FORGE_DENIED',
      hint: expect.stringContaining('https://github.com/org/project/rules')
    })
  })

  test.each([
    [
      { status: 422, body: { message: 'Validation Failed', errors: [{ message: 'No commits between main and x' }] } },
      'Validation Failed: No commits between main and x'
    ],
    [
      {
        status: 422,
        body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', code: 'invalid', field: 'head' }] }
      },
      'Validation Failed: PullRequest head invalid'
    ],
    [{ status: 422, body: { message: 'Validation Failed', errors: ['plain'] } }, 'Validation Failed: plain'],
    [{ status: 409, body: { message: 'Git Repository is empty.' } }, 'Git Repository is empty.']
  ])('are told in the words of the forge', async (answer, words) => {
    const { github } = open([answer])
    const error = await failureOf(github.request('POST /repos/{owner}/{repo}/pulls', HERE, { doing: 'opening it' }))
    expect(error).toMatchObject({ code: 'FORGE_FAILED', message: `opening it: github.com says "${words}"` })
    expect(refusalOf(error)).toMatchObject({ status: answer.status, said: words })
  })

  test('of GraphQL are told in the words of the forge', async () => {
    const { github } = open([
      graphqlRefused('UNPROCESSABLE', 'A path was requested for deletion'),
      graphqlRefused(undefined, "Field 'x' doesn't exist")
    ])
    expect(await failureOf(github.graphql(MUTATION, {}))).toMatchObject({
      code: 'FORGE_FAILED',
      message: expect.stringContaining('A path was')
    })
    expect(await failureOf(github.graphql(QUERY, {}))).toMatchObject({
      code: 'FORGE_FAILED',
      message: expect.stringContaining("Field 'x'")
    })
  })

  test('fit on a line, and hold neither secrets nor what takes a log over', async () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'
    const nasty = `token ${TOKEN} github_pat_11ABC_def ${jwt} https://user:pw@proxy.test/x?key=hidden \n::set-output\u001b[31m${'long '.repeat(400)}`
    const { github } = open([refused(400, nasty), { status: 418, body: nasty }, graphqlRefused('OTHER', nasty)])
    for (const asking of [
      () => github.request(ROUTE, HERE),
      () => github.request(ROUTE, HERE),
      () => github.graphql(QUERY, {})
    ]) {
      const error = await failureOf(asking())
      expect(error).toMatchObject({ code: 'FORGE_FAILED', message: expect.stringContaining('…') })
      expect(error.message).not.toMatch(/\p{Cc}/u)
      expect(error.message.length).toBeLessThan(600)
      const everything = JSON.stringify([
        said(error),
        error.stack,
        error,
        error.cause,
        String((error.cause as Error).stack)
      ])
      for (const secret of [TOKEN, 'github_pat_11', jwt, 'user:pw', 'hidden']) expect(everything).not.toContain(secret)
    }
  })

  test('that are pages of HTML are not told', async () => {
    const { github } = open([{ status: 400, body: '<html>Whoa there!</html>' }])
    expect((await failureOf(github.request(ROUTE, HERE, { doing: 'reading it' }))).message).toBe(
      'reading it: github.com answered with status 400'
    )
  })

  test('of another forge name it', async () => {
    const { github } = open([refused(400, 'no')], { server: 'https://git.example/' })
    expect((await failureOf(github.request(ROUTE, HERE))).message).toContain('git.example says "no"')
  })
})
