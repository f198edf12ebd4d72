import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SeedError } from '../../src/errors.ts'
import { ToolFailure, run, start } from '../../src/process.ts'
import type { RunOptions } from '../../src/process.ts'

const node = process.execPath
const options = (overrides: Partial<RunOptions> = {}): RunOptions => ({
  env: process.env,
  signal: new AbortController().signal,
  ...overrides
})
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as SeedError
  )

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-seed-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('run', () => {
  test('gives back the bytes that were printed, and takes input without a shell', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 256)
    const { stdout } = await run('cat', [], options({ input: bytes }))
    expect(Buffer.compare(stdout, bytes)).toBe(0)
    expect((await run('printf', ['%s', '$HOME; `id`'], options())).stdout.toString()).toBe('$HOME; `id`')
  })

  test('reads input from a stream, and is content with a program that ends before it', async () => {
    const chunks = async function* () {
      for (let i = 0; i < 1000; i++) {
        yield Buffer.alloc(10_000, i)
        await Promise.resolve()
      }
    }
    expect((await run('wc', ['-c'], options({ input: chunks() }))).stdout.toString().trim()).toBe('10000000')
    expect((await run('true', [], options({ input: chunks() }))).stdout.length).toBe(0)
  })

  test('passes lines of standard error on, without terminal escapes and secrets', async () => {
    const lines: string[] = []
    const text = '\u001b[31mred\u001b[0m\r\nget https://me:secret@host/x?token=y now\rlast'
    await run('sh', ['-c', 'cat >&2'], options({ input: text, onStderr: line => lines.push(line) }))
    expect(lines).toEqual(['red', 'get https://host/x now', 'last'])
  })

  test('passes the given environment and nothing else', async () => {
    const { stdout } = await run('env', [], options({ env: { PATH: process.env.PATH, SEED: 'x' }, cwd: folder }))
    expect(stdout.toString().split('\n').filter(Boolean).sort()).toEqual([`PATH=${process.env.PATH}`, 'SEED=x'])
  })
})

describe('when the program fails', () => {
  test('the error has its status and the end of standard error, and none of the arguments', async () => {
    const script = 'i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done; exit 3'
    const error = await failure(run('sh', ['-c', script, 'sh', 'pass-word'], options({ stderrTailBytes: 100 })))
    expect(error).toBeInstanceOf(ToolFailure)
    expect(error).toMatchObject({ code: 'TOOL_FAILED', exitStatus: 3 })
    expect(error.message).toMatch(/^sh failed \(exit status 3\):\nline \d+\n/)
    expect(error.message).toContain('line 4999')
    expect(error.message.length).toBeLessThan(200)
    expect(error.message).not.toContain('pass-word')
  })

  test('a signal is named', async () => {
    const error = await failure(run('sh', ['-c', 'kill -9 $$'], options()))
    expect(error.message).toBe('sh failed (signal SIGKILL)')
  })

  test('one that is not installed is named with what to do', async () => {
    expect(await failure(run('nix', ['--version'], options({ env: { PATH: folder } })))).toMatchObject({
      code: 'TOOL_MISSING',
      message: 'nix is not installed or not on PATH',
      hint: expect.stringContaining('nixos.org')
    })
    expect(await failure(run('mkfs.erofs', [], options({ env: { PATH: folder } })))).toMatchObject({
      code: 'TOOL_MISSING',
      hint: expect.stringContaining('erofs-utils')
    })
  })

  test('a folder that is not there is not taken for a missing program', async () => {
    const error = await failure(run('cat', [], options({ cwd: join(folder, 'none') })))
    expect(error).toMatchObject({ code: 'FILE_SYSTEM', resource: join(folder, 'none') })
  })

  test('one that prints too much is stopped', async () => {
    const error = await failure(run('yes', [], { ...options(), maxStdoutBytes: 100_000 }))
    expect(error).toMatchObject({ code: 'TOOL_FAILED', message: 'yes printed more than 100000 bytes' })
  })

  test('a failing source of input ends the program and is the error', async () => {
    const broken = async function* () {
      yield Buffer.from('x')
      await Promise.resolve()
      throw new Error('source broke')
    }
    expect((await failure(run('cat', [], options({ input: broken() })))).message).toBe('source broke')
  })
})

describe('when aborted', () => {
  test('a running program is told to end and the run is interrupted', async () => {
    const controller = new AbortController()
    const script =
      'process.on("SIGTERM", () => { console.error("cleaned up"); process.exit(0) }); console.log("up"); setInterval(() => {}, 1e6)'
    const lines: string[] = []
    const running = start(
      node,
      ['-e', script],
      options({ signal: controller.signal, onStderr: line => lines.push(line) })
    )
    running.stdout.once('data', () => controller.abort())
    expect(await failure(running.done)).toMatchObject({ code: 'INTERRUPTED' })
  })

  test('one that does not listen is killed after the grace', async () => {
    const controller = new AbortController()
    const script = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6)'
    const running = start(node, ['-e', script], options({ signal: controller.signal, killAfterMs: 50 }))
    running.stdout.once('data', () => controller.abort())
    expect(await failure(running.done)).toMatchObject({ code: 'INTERRUPTED' })
  })

  test('a grandchild that keeps the pipes open does not hold the run', async () => {
    const controller = new AbortController()
    const running = start('sh', ['-c', 'sleep 30 & echo $!; wait'], options({ signal: controller.signal }))
    const sleeper = new Promise<number>(resolve => running.stdout.once('data', chunk => resolve(Number(String(chunk)))))
    const pid = await sleeper
    controller.abort()
    try {
      expect(await failure(running.done)).toMatchObject({ code: 'INTERRUPTED' })
    } finally {
      process.kill(pid)
    }
  })

  test('nothing is started any more', async () => {
    const marker = join(folder, 'marker')
    const error = await failure(run('touch', [marker], options({ signal: AbortSignal.abort() })))
    expect(error).toMatchObject({ code: 'INTERRUPTED' })
    await sleep(1)
    expect((await run('ls', [folder], options())).stdout.toString()).toBe('')
  })
})
