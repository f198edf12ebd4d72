import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { SeedError } from '../src/errors.ts'

const LOCK_TIMEOUT_S = 3600
const WAIT_NOTICE_MS = 500

/**
 * Runs `action` while holding the lock of `file` (created if missing).
 *
 * Node has no flock(2), so a child holds the lock; it ends when its input closes, which the kernel sees to even if
 * this process is killed.
 *
 * @param onWait called once if somebody else has the lock
 * @throws FILE_SYSTEM after an hour of waiting
 */
export async function withLock<T>(file: string, onWait: () => void, action: () => Promise<T>): Promise<T> {
  const args = ['--exclusive', '--timeout', String(LOCK_TIMEOUT_S), file, 'sh', '-c', 'echo held; exec cat']
  // A session of its own keeps Ctrl-C, which the terminal sends to all, from dropping the lock under our feet.
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exit = once(child, 'exit')
  const notice = setTimeout(onWait, WAIT_NOTICE_MS)
  try {
    const held = await Promise.race([once(createInterface(child.stdout), 'line'), exit.then(() => undefined)])
    if (held === undefined) throw new SeedError('FILE_SYSTEM', 'the lock cannot be had', { resource: file })
  } finally {
    clearTimeout(notice)
  }
  try {
    return await action()
  } finally {
    child.stdin.end()
    await exit
  }
}
