import { describe, expect, test } from '@jest/globals'
import { SeedError } from '../../../src/errors.ts'
import { COMMANDS, describeError, runProgram } from '../../../src/cli/program.ts'
import { splitInstallable } from '../../../src/cli/installable.ts'
import { terminal } from '../../../src/cli/terminal.ts'

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const out = { stdout: '', stderr: '' }
  const code = await runProgram(argv, {
    env: {},
    cwd: '/nonexistent',
    version: '1.2.3',
    signal: new AbortController().signal,
    stdout: { write: text => (out.stdout += text) },
    stderr: { write: text => (out.stderr += text) }
  })
  return { code, ...out }
}

const IMAGE = `ghcr.io/org/seed@sha256:${'0'.repeat(64)}`

describe('the program', () => {
  test('shows its commands, on standard output when asked', async () => {
    const { code, stdout, stderr } = await run('--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command.name}`)
  })

  test('shows them on standard error, with the code of wrong use, when not', async () => {
    const { code, stdout, stderr } = await run()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: nix-seed COMMAND')
  })

  test('tells scripts that asked for JSON what failed, by its code', async () => {
    const { code, stdout, stderr } = await run('restore', 'localhost:5000/seed', '--json')
    expect(code).toBe(2)
    expect(stderr).toContain('by digest only')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', resource: 'localhost:5000/seed' } })
    expect((await run('restore', 'localhost:5000/seed')).stdout).toBe('')
  })

  test('tells its version', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: 'nix-seed 1.2.3\n', stderr: '' })
  })

  test.each(COMMANDS.map(command => [command.name, command] as const))(
    '%s --help lists every option',
    async (name, command) => {
      const { code, stdout } = await run(name, '--help')
      expect(code).toBe(0)
      for (const option of Object.keys(command.options)) expect(stdout).toContain(`--${option}`)
      expect(stdout).toContain('Examples:')
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
    }
  )

  test.each([
    [['publsh'], /no command "publsh"/],
    [['publish'], /--to is missing/],
    [['publish', '--to', 'oci:x', '--nonsense'], /--nonsense/],
    [['publish', '--to'], /--to/],
    [['publish', 'a', 'b', '--to', 'oci:x'], /unexpected argument "b"/],
    [['publish', '--to', 'oci:x', '--tag', 'not a tag'], /"not a tag" is not a tag/],
    [['publish', '--to', `oci:x@sha256:${'0'.repeat(64)}`], /takes no digest/],
    [['publish', '--to', 'localhost:5000'], /no repository/],
    [['publish', '.#seed^out', '--to', 'oci:x'], /outputs/],
    [['publish', '--to', 'oci:x', '--key', 'x'], /--key needs --sign/],
    [['attest'], /an argument is missing/],
    [['attest', 'ghcr.io/org/seed@sha256:0', '--sign-command', 'x'], /invalid digest/],
    [['attest', IMAGE, '--bill', 'x'], /--bill goes with --bundle/],
    [['attest', IMAGE, '.', '--bundle', 'x'], /flake is of no use/],
    [['attest', IMAGE, '--bundle', 'x', '--key', 'k'], /--key is of no use with --bundle/],
    [['attest', IMAGE, '--started-on', 'yesterday'], /no time like/],
    [['attest', IMAGE, '--started-on', '2026-01-31T12:00:00'], /no time like/],
    [['attest', IMAGE, '--started-on', '9999-01-31T12:00:00Z'], /in the future/],
    [['attestations', 'oci:/nonexistent/layout:newest'], /by digest only/],
    [['restore'], /an argument is missing/],
    [['restore', 'ghcr.io/org/repo/seed:latest'], /by digest only/],
    [['restore', 'oci:x', '--strategy', 'magic'], /unknown strategy "magic"/],
    [['inspect', 'ghcr.io/org/repo/seed'], /neither a tag nor a digest/],
    [['inspect', 'not-a-reference'], /names no registry host/]
  ])('%j is wrong use: exit code 2, nothing on standard output', async (argv, message) => {
    const { code, stdout, stderr } = await run(...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.split('\n').length).toBeGreaterThan(2) // and what to do next
  })

  test('a flake without lock file is named', async () => {
    const { code, stderr } = await run('key', '/nonexistent/flake.lock')
    expect(code).toBe(1)
    expect(stderr).toContain('/nonexistent/flake.lock')
    expect(stderr).toContain('nix flake lock')
  })
})

describe('describeError', () => {
  const never = new AbortController().signal

  test('says what, where and what next', () => {
    const error = new SeedError('REGISTRY_DENIED', 'access was refused', {
      resource: 'https://user:secret@ghcr.io/v2/?token=secret',
      hint: 'Log in with `docker login ghcr.io`.'
    })
    expect(describeError(error, never, 'normal')).toBe(
      'nix-seed: access was refused\n  at: https://ghcr.io/v2/\n  Log in with `docker login ghcr.io`.\n'
    )
  })

  test('shows causes only when asked', () => {
    const error = new SeedError('FILE_SYSTEM', 'cannot write', { cause: new Error('the deeper reason') })
    expect(describeError(error, never, 'normal')).not.toContain('deeper')
    expect(describeError(error, never, 'verbose')).toContain('the deeper reason')
  })

  test('calls anything else a defect, with its stack', () => {
    expect(describeError(new TypeError('x is not a function'), never, 'normal')).toMatch(/defect[\s\S]*TypeError/)
  })
})

describe('splitInstallable', () => {
  test.each([
    ['.', { reference: '.' }],
    ['.#seed', { reference: '.', attribute: 'seed' }],
    ['#seed', { reference: '.', attribute: 'seed' }],
    [
      'github:org/repo?dir=sub#packages.x86_64-linux.seed',
      { reference: 'github:org/repo?dir=sub', attribute: 'packages.x86_64-linux.seed' }
    ],
    ['.#', { reference: '.' }]
  ])('%s', (installable, parts) => {
    expect(splitInstallable(installable)).toEqual(parts)
  })
})

describe('terminal', () => {
  function record(
    isTTY: boolean,
    verbosity: 'quiet' | 'normal' | 'verbose'
  ): { text: () => string; out: ReturnType<typeof terminal>; wait: (ms: number) => void } {
    let text = ''
    let now = 0
    const output = { isTTY, columns: 60, write: (piece: string) => (text += piece) }
    return { text: () => text, out: terminal(output, verbosity, () => now), wait: ms => (now += ms) }
  }

  test('in a log, progress is a plain line now and then', () => {
    const { text, out, wait } = record(false, 'normal')
    for (let i = 0; i <= 250; i++) {
      out.update('packing', i * 4e6, 1e9)
      wait(100)
    }
    out.end('packing')
    expect(text()).toBe('packing: 40 % (400 MB of 1.00 GB, 10 s)\npacking: 80 % (800 MB of 1.00 GB, 20 s)\n')
  })

  test('what has no size shows how long it is waited for', () => {
    const { text, out, wait } = record(false, 'normal')
    for (let i = 0; i <= 12; i++) {
      out.update('signing', 0)
      wait(1000)
    }
    out.end('signing')
    expect(text()).toBe('signing: 10 s\n')
  })

  test('on a terminal, it is one line that goes away', () => {
    const { text, out, wait } = record(true, 'normal')
    wait(1000)
    out.update('packing', 1e6, 2e6)
    out.info('a message')
    out.end('packing')
    expect(text()).toBe('packing: 50 % (1.00 MB of 2.00 MB, 0 s)\r\x1b[Ka message\n')
  })

  test('quiet keeps warnings', () => {
    const { text, out, wait } = record(false, 'quiet')
    out.info('a message')
    out.update('packing', 1, 2)
    wait(1e6)
    out.update('packing', 2, 2)
    out.warn('careful')
    expect(text()).toBe('warning: careful\n')
  })
})
