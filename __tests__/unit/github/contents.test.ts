import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { blobId, readRepositoryFile } from '../../../src/github/contents.ts'
import { failureOf } from '../../support/failure.ts'
import { ForgeAnswers, gitHubAt } from '../../support/forge-answers.ts'
import { GitHubServer } from '../../support/github/server.ts'

const HERE = { owner: 'octo-org', name: 'project' }

let server: GitHubServer
beforeAll(async () => {
  server = await GitHubServer.start({ repository: 'octo-org/project', files: { 'flake.nix': '{ }\n' } })
})
afterAll(() => server.close())
afterEach(() => {
  expect(server.violations).toEqual([])
  server.requests.length = 0
})

const open = (permissions = { contents: 'read' } as const) =>
  gitHubAt(server.apiUrl, server.issueToken({ kind: 'job', permissions })).github

describe('a file of a repository', () => {
  test.each([
    ['with a byte order mark', Buffer.from('\ufeff{"a": 1}\n')],
    ['with line ends of Windows', Buffer.from('{\r\n  "a": 1\r\n}\r\n')],
    ['with no line end at its end', Buffer.from('{"a": 1}')],
    ['with letters of all kinds', Buffer.from('{"name": "Grüße, 世界 🌱"}\n')],
    ['that is no UTF-8', Buffer.from([0, 255, 254, 128, 10, 13, 239, 187])],
    ['that is empty', Buffer.alloc(0)],
    ['of just over a line of base64', Buffer.alloc(46, 'x')],
    ['larger than what an answer holds', Buffer.alloc(1_500_000, 'ä1\r\n')]
  ])('%s arrives byte for byte', async (_, bytes) => {
    const oid = await server.repository.commit('main', { 'sub folder/flake.lock': bytes })
    const read = await readRepositoryFile(open(), HERE, 'sub folder/flake.lock', oid)
    expect(read?.equals(bytes)).toBe(true)
    expect(server.requests.length).toBe(bytes.length > 1_000_000 ? 2 : 1)
  })

  test('is read at the commit, branch or tag asked for', async () => {
    const old = await server.repository.commit('main', { 'seed.json': 'old' })
    await server.repository.commit('main', { 'seed.json': 'new' })
    const read = async (ref: string) => (await readRepositoryFile(open(), HERE, 'seed.json', ref))?.toString()
    expect([await read(old), await read('main')]).toEqual(['old', 'new'])
  })

  test.each([
    ['file', 'missing.json', 'main', HERE],
    ['folder', 'missing/seed.json', 'main', HERE],
    ['ref', 'flake.nix', 'f'.repeat(40), HERE],
    ['repository', 'flake.nix', 'main', { owner: 'octo-org', name: 'missing' }]
  ])('is undefined where there is no such %s', async (_, path, ref, repository) => {
    expect(await readRepositoryFile(open(), repository, path, ref)).toBeUndefined()
  })

  test('is no folder', async () => {
    await server.repository.commit('main', { 'flake.lock.d/x': '' })
    expect(await failureOf(readRepositoryFile(open(), HERE, 'flake.lock.d', 'main'))).toMatchObject({
      code: 'CONTENT_INVALID',
      resource: 'octo-org/project: flake.lock.d at main',
      message: expect.stringContaining('folder')
    })
  })

  test('of a private repository asks for the permission to read', async () => {
    await server.addRepository('octo-org/hidden', { private: true, files: { 'flake.lock': '{}' } })
    const token = server.issueToken({ kind: 'job', permissions: {}, repositories: ['octo-org/hidden'] })
    const { github } = gitHubAt(server.apiUrl, token)
    const error = await failureOf(
      readRepositoryFile(github, { owner: 'octo-org', name: 'hidden' }, 'flake.lock', 'main')
    )
    expect(error).toMatchObject({
      code: 'FORGE_DENIED',
      message: expect.stringContaining('reading flake.lock'),
      hint: expect.stringContaining('\npermissions:\n  contents: read\n')
    })
  })
})

describe('what did not arrive as it is', () => {
  async function answered(body: object) {
    const answers = await ForgeAnswers.start()
    answers.answers.push({ body }, { body })
    const { github } = gitHubAt(`http://127.0.0.1:${answers.port}`, 'x')
    const read = readRepositoryFile(github, HERE, 'a.json', 'main')
    return await failureOf(read).finally(() => answers.close())
  }
  const bytes = Buffer.from('right')
  const file = { type: 'file', size: 5, sha: blobId(bytes), encoding: 'base64', content: bytes.toString('base64') }

  test.each([
    ['other bytes', { ...file, content: Buffer.from('wrong').toString('base64') }, 'did not arrive'],
    ['nothing', { ...file, content: undefined }, 'did not arrive'],
    ['a submodule', { ...file, type: 'submodule' }, 'is a submodule'],
    ['too much', { ...file, size: 2 ** 30 }, 'has more than']
  ])('is refused: %s', async (_, body, message) => {
    expect(await answered(body)).toMatchObject({ code: 'CONTENT_INVALID', message: expect.stringContaining(message) })
  })

  test('has the names that git gives', () => {
    expect(blobId(Buffer.alloc(0))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
    expect(blobId(Buffer.alloc(0), 64)).toBe('473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813')
  })
})
