import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { examinePolicyText } from '../../../src/attest/policy.ts'
import { parseRemote, policyStart } from '../../../src/cli/policy-start.ts'
import { runProgram } from '../../../src/cli/program.ts'
import { certified, keyed, policyOf } from '../../support/policy.ts'

let folder: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'policy-')))
})

afterEach(() => rmSync(folder, { recursive: true }))

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' }
  const code = await runProgram(['policy', ...argv], {
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CEILING_DIRECTORIES: tmpdir() },
    cwd: folder,
    version: '1.2.3',
    signal: new AbortController().signal,
    stdout: { write: text => (out.stdout += text) },
    stderr: { write: text => (out.stderr += text) }
  })
  return { code, ...out }
}

function write(policy: object): string {
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy, null, 2))
  return 'policy.json'
}

function git(...args: string[]): void {
  execFileSync('git', args, {
    cwd: folder,
    stdio: 'pipe',
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null' }
  })
}

describe('policy check', () => {
  test('shows the builders of a sound policy, and who can meet it', async () => {
    const builders = [certified('a'), certified('b', { organisation: 'Org A' }), certified('c'), keyed('d')]
    const { code, stdout, stderr } = await run('check', write(policyOf(builders)))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      '3 of 4 builders must agree, different in organisation, issuer. At most 3 differ.',
      '',
      '  builder  organisation  issuer',
      '  a        Org A         https://a.example  in some sets',
      '  b        Org A         https://b.example  in some sets',
      '  c        Org C         https://c.example  in every set',
      '  d        Org D         key of d           in every set',
      '',
      '  builder  signs as',
      '  a        https://a.example/seed@main',
      '  b        https://b.example/seed@main',
      '  c        https://c.example/seed@main',
      '  d        key in the policy',
      '',
      '2 sets of builders can meet it:',
      '  a, c, d',
      '  b, c, d',
      ''
    ])
  })

  test('shows a policy that cannot be met, says why, and ends with 3', async () => {
    const file = write(policyOf([certified('a'), certified('b', { organisation: 'Org A' })], { threshold: 2 }))
    const { code, stdout, stderr } = await run('check', file)
    expect(code).toBe(3)
    expect(stdout).toContain('in no set')
    expect(stdout).toContain('No set of builders can meet it.')
    expect(stderr).toContain('line 2, threshold: is 2, and of the 2 builders no more than 1 differ')
    expect(stderr).toContain('Add builders that differ')
  })

  test('tells all that is wrong with one that is not valid, and ends with 2', async () => {
    const { code, stdout, stderr } = await run(
      'check',
      write(policyOf([certified('a', { issuer: '' }), {}], { threshhold: 1 }))
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('line 2, threshhold: is no field of a policy')
    expect(stderr).toContain('line 7, builders[0].issuer: is empty')
    expect(stderr).toContain(`at: ${join(folder, 'policy.json')}`)
  })

  test('prints one document for scripts, whatever it finds', async () => {
    const good = await run('check', write(policyOf(['a', 'b', 'c'].map(id => certified(id)))), '--json')
    expect(JSON.parse(good.stdout)).toMatchObject({
      file: join(folder, 'policy.json'),
      threshold: 3,
      builders: [{ id: 'a', trustRoot: 'public', inQuorum: 'every' }, {}, {}],
      sets: [['a', 'b', 'c']],
      hasMore: false,
      largest: 3
    })
    const unmet = await run('check', write(policyOf([certified('a')])), '--json')
    expect(unmet.code).toBe(3)
    expect(JSON.parse(unmet.stdout)).toMatchObject({ error: { code: 'POLICY_UNMET' } })
  })

  test.each([
    [['check'], /the policy is missing/],
    [['check', 'absent.json'], /there is no such policy/],
    [['verify', 'policy.json'], /"verify" is neither check nor init/],
    [['init', '--json'], /--json goes with check/],
    [['check', 'a', 'b'], /unexpected argument "b"/]
  ])('%j is wrong use', async (argv, message) => {
    const { code, stderr } = await run(...argv)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('policy init', () => {
  const read = (): string => readFileSync(join(folder, 'seed-policy.jsonc'), 'utf8')

  test('writes a policy with comments, and says what is to be filled in', async () => {
    const { code, stdout, stderr } = await run('init')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'seed-policy.jsonc')}\n` })
    expect(read()).toBe(policyStart([]))
    expect(read()).toMatch(/^ +\/\/ How many builders/m)
    expect(stderr).toMatch(/to be filled in: line \d+, builders\[0\]\.identity/)
    expect(examinePolicyText(read()).problems.map(problem => problem.path)).toEqual([
      'builders[0].identity',
      'builders[1].identity',
      'builders[2].issuer',
      'builders[2].identity'
    ])
    expect((await run('check', 'seed-policy.jsonc')).stderr).toContain('is still to be filled in')
  })

  test('takes what the remotes tell, and no password from them', async () => {
    git('init', '--quiet')
    git('remote', 'add', 'mirror', 'https://user:secret@gitlab.com/acme/sub/thing.git')
    git('remote', 'add', 'fork', 'git@github.com:somebody/thing.git')
    git('remote', 'add', 'origin', 'git@github.com:acme/thing.git')
    git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/trunk')
    expect((await run('init')).code).toBe(0)
    expect(read()).toContain('"https://github.com/acme/thing/.github/workflows/seed.yml@refs/heads/trunk"')
    expect(read()).toContain('"https://gitlab.com/acme/sub/thing//.gitlab-ci.yml@refs/heads/main"')
    expect(read()).not.toContain('secret')
    // Filled in by hand, it is a policy that can be met.
    const filled = read().replace(/<\w+ id>/g, '0a1b')
    expect(examinePolicyText(filled)).toMatchObject({ policy: { threshold: 3 }, problems: [] })
  })

  test('overwrites nothing', async () => {
    writeFileSync(join(folder, 'mine.json'), 'mine')
    const { code, stderr } = await run('init', 'mine.json')
    expect(code).toBe(2)
    expect(stderr).toContain('there is such a file already')
    expect(readFileSync(join(folder, 'mine.json'), 'utf8')).toBe('mine')
    expect((await run('init', 'absent/policy.json')).code).toBe(1)
  })
})

describe('parseRemote', () => {
  test.each([
    ['git@github.com:org/repo.git', 'github.com', 'org/repo'],
    ['github.com:/org/repo', 'github.com', 'org/repo'],
    ['ssh://git@GitHub.com:22/org/repo.git', 'github.com', 'org/repo'],
    ['https://user:secret@gitlab.com/a/b/c.git/', 'gitlab.com', 'a/b/c'],
    ['git://example.org/a/b', 'example.org', 'a/b']
  ])('%s', (url, host, path) => {
    expect(parseRemote(url)).toEqual({ host, path })
  })

  test.each(['/srv/git/repo', '../repo', 'file:///srv/a/b', 'https://github.com/only', 'git@github.com:org/re"po', ''])(
    'leaves %j out',
    url => {
      expect(parseRemote(url)).toBeUndefined()
    }
  )
})
