import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { measure, median } from '../../../bench/support/measure.ts'
import { withoutProxies } from '../../../bench/support/network.ts'
import { startStaticServer, type StaticServer } from '../../../bench/support/static-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a measured command', () => {
  test('is told with its output, its memory and its environment', async () => {
    const script = 'const a = Buffer.alloc(60e6, 1); console.log(process.env.WORD); setTimeout(() => a, 300)'
    const measured = await measure([process.execPath, '-e', script], folder, { env: { WORD: 'given' } })
    expect(measured.stdout).toBe('given\n')
    expect(measured.peakBytes).toBeGreaterThan(60e6)
    expect(measured.seconds).toBeGreaterThan(0.2)
  })

  test('that fails is told with what it said', async () => {
    await expect(measure(['sh', '-c', 'echo why >&2; exit 3'], folder)).rejects.toThrow(/ended with 3\nwhy/)
  })

  test('is stopped with all that it has started', async () => {
    const file = join(folder, 'pid')
    const stopping = new AbortController()
    const command = ['sh', '-c', `sleep 60 & echo $! > ${file}; wait`]
    const measured = measure(command, folder, { signal: stopping.signal })
    for (let tries = 0; tries < 200 && !(readPid(file) > 0); tries++) await sleep(25)
    stopping.abort(new Error('enough'))
    await expect(measured).rejects.toThrow('enough')
    expect(isRunning(readPid(file))).toBe(false)
  })

  test('does not start after an interruption', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(measure(['no-such-program'], folder, { signal })).rejects.toThrow('enough')
  })
})

function readPid(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}

/** Neither gone nor waiting for its parent to hear of its end. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test('the median of an even number is the lower in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2, NaN])
})

test('proxies are left out of an environment, and nothing else', () => {
  expect(withoutProxies({ HTTPS_PROXY: 'a', no_proxy: 'b', PATH: 'c', MY_PROXY: 'd' })).toEqual({
    PATH: 'c',
    MY_PROXY: 'd'
  })
})

describe('the server of files', () => {
  let server: StaticServer
  const served = join(folder, 'served')

  beforeAll(async () => {
    rmSync(served, { recursive: true, force: true })

    mkdirSync(served)
    writeFileSync(join(served, 'a b.txt'), 'hello')
    writeFileSync(join(folder, 'secret'), 'no')
    server = await startStaticServer(served)
  })
  afterAll(() => server.stop())

  test('serves what is there', async () => {
    const answer = await fetch(`${server.url}/a%20b.txt`)
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '5', 'hello'])
    const head = await fetch(`${server.url}/a%20b.txt`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '5', ''])
  })

  test.each(['/none', '/', '/..%2fsecret'])('serves nothing else: %s', async path => {
    const answer = await fetch(`${server.url}${path}`)
    expect(answer.status).toBe(404)
    await answer.body?.cancel()
  })
})
