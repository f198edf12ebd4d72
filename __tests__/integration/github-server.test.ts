/** The real Nix and Git against the forge of the tests: what they fetch from it is what was committed through it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { GitHubServer } from '../support/github/server.ts'
import type { GitHubServerOptions } from '../support/github/server.ts'
import { output, requireLab, run, useTempFolder } from '../support/lab.ts'

requireLab()
const folder = useTempFolder()

function useServer(options: GitHubServerOptions): () => GitHubServer {
  let server: GitHubServer | undefined
  beforeAll(async () => {
    server = await GitHubServer.start({ tls: true, files: { 'seed.json': '{"version":1}\n' }, ...options })
    await server.repository.commit('nix-seed', { 'seed.json': '{"version":2}\n' })
  })
  afterAll(() => server?.close())
  return () => server!
}

/** A flake with one input, at `name`. */
function writeFlake(name: string, url: string): string {
  const path = join(folder(), name)
  mkdirSync(path, { recursive: true })
  const input = `{ url = "${url}"; flake = false; }`
  const outputs = '{ self, x }: { text = builtins.readFile "${x}/seed.json"; }'
  writeFileSync(join(path, 'flake.nix'), `{ inputs.x = ${input}; outputs = ${outputs}; }\n`)
  return path
}

/** Runs Nix with caches of its own, so that nothing is known from before. */
function nix(server: GitHubServer, cache: string, args: readonly string[], config = '') {
  return run(server.enclose(['nix', ...args]), {
    cwd: folder(),
    env: {
      ...server.trustEnvironment,
      XDG_CACHE_HOME: join(folder(), cache),
      HOME: join(folder(), 'home'),
      NIX_CONFIG: `experimental-features = nix-command flakes\nsubstituters =\nflake-registry =\n${config}`
    }
  })
}

describe('github.com', () => {
  const server = useServer({})

  test('a flake with an input of it is locked and evaluated by Nix', async () => {
    const flake = writeFlake('public', 'github:octo-org/project/nix-seed')
    const locked = await nix(server(), 'public-cache', ['flake', 'metadata', '--json', `path:${flake}`])
    expect(locked).toMatchObject({ code: 0 })
    const head = await server().repository.head('nix-seed')
    const node = JSON.parse(locked.stdout).locks.nodes.x
    expect(node.locked).toMatchObject({ type: 'github', owner: 'octo-org', repo: 'project', rev: head })
    expect(await nix(server(), 'public-cache', ['flake', 'lock', `path:${flake}`])).toMatchObject({ code: 0 })
    const text = await nix(server(), 'other-cache', ['eval', '--raw', `path:${flake}#text`])
    expect(text).toMatchObject({ code: 0, stdout: '{"version":2}\n' })
    expect(server().calls).toContain('GET /repos/octo-org/project/commits/nix-seed')
    expect(server().calls).toContain(`GET /octo-org/project/archive/${head}.tar.gz`)
    expect(server().violations).toEqual([])
  })

  test('git clones and fetches it', async () => {
    const clone = join(folder(), 'clone')
    const git = (...args: string[]) => output(server().enclose(['git', ...args]), { env: server().trustEnvironment })
    await git(
      'clone',
      '--quiet',
      '--depth',
      '1',
      '--branch',
      'nix-seed',
      'https://github.com/octo-org/project.git',
      clone
    )
    expect(await git('-C', clone, 'rev-parse', 'HEAD')).toBe(await server().repository.head('nix-seed'))
    const moved = await server().repository.commit('nix-seed', { 'seed.json': '{"version":3}\n' })
    await git('-C', clone, 'fetch', '--quiet', 'origin', 'nix-seed')
    expect(await git('-C', clone, 'rev-parse', 'FETCH_HEAD')).toBe(moved)
    expect(server().violations).toEqual([])
  })
})

describe('a private repository of github.com', () => {
  const server = useServer({ private: true })

  test('Nix reads it with a token, and not without', async () => {
    const flake = writeFlake('private', 'github:octo-org/project/nix-seed')
    const command = ['flake', 'metadata', '--json', `path:${flake}`]
    const denied = await nix(server(), 'denied-cache', command)
    expect(denied.code).not.toBe(0)
    expect(denied.stderr).toContain('404')
    const token = server().issueToken({ kind: 'job', permissions: { contents: 'read' } })
    const locked = await nix(server(), 'private-cache', command, `access-tokens = github.com=${token}`)
    expect(locked).toMatchObject({ code: 0 })
    const head = await server().repository.head('nix-seed')
    expect(JSON.parse(locked.stdout).locks.nodes.x.locked.rev).toBe(head)
    expect(server().calls).toContain(`GET /repos/octo-org/project/tarball/${head}`)
    expect(JSON.stringify(server().requests)).not.toContain(token)
    expect(server().violations).toEqual([])
  })
})

describe('an Enterprise host', () => {
  const server = useServer({ kind: 'enterprise', host: 'forge.example.test' })

  test('Nix finds it by the host that the input names', async () => {
    const flake = writeFlake('enterprise', 'github:octo-org/project/nix-seed?host=forge.example.test')
    const locked = await nix(server(), 'enterprise-cache', ['flake', 'metadata', '--json', `path:${flake}`])
    expect(locked).toMatchObject({ code: 0 })
    const { rev } = JSON.parse(locked.stdout).locks.nodes.x.locked
    expect(rev).toBe(await server().repository.head('nix-seed'))
    expect(server().violations).toEqual([])
  })
})

test('two forges are there for one command', async () => {
  const first = await GitHubServer.start({ tls: true, files: { 'seed.json': 'first\n' } })
  const second = await GitHubServer.start({ tls: true, kind: 'enterprise', host: 'second.example.test' })
  try {
    const lookUp = ['getent', 'hosts', 'github.com', 'second.example.test']
    const lines = (await output(first.enclose(second.enclose(lookUp)))).split('\n').map(line => line.split(/ +/)[0])
    expect(lines).toEqual([first.address, second.address])
    expect(first.address).not.toBe(second.address)
    expect((await run(['getent', 'hosts', 'second.example.test'])).code).not.toBe(0)
  } finally {
    await Promise.all([first.close(), second.close()])
  }
})
