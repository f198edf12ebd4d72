import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError, systemCode } from '../errors.ts'

interface Owner {
  pid: number
  host: string
  nonce: string
}

const PAUSE_MS = 20
const WAIT_MS = 30_000
// A holder reads and writes one small file. Where its process cannot be looked up, this age tells that it is gone.
const ABANDONED_MS = 60_000
const NOBODY: Owner = { pid: 0, host: '', nonce: '' }

/**
 * Runs `action` while no other process or task that locks `path` runs its own. A lock whose process has died is taken over.
 *
 * @throws FILE_SYSTEM if another holder does not finish within 30 s
 */
export async function withLock<T>(path: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const owner: Owner = { pid: process.pid, host: hostname(), nonce: randomUUID() }
  await acquire(path, owner, signal)
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, owner: Owner, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + WAIT_MS
  for (;;) {
    signal?.throwIfAborted()
    if (await create(path, owner)) return
    const holder = await readOwner(path)
    if (holder && (await isGone(holder, path)) && (await takeOver(path, holder, owner))) continue
    if (Date.now() > deadline) {
      throw new SeedError('FILE_SYSTEM', 'another process keeps the image layout locked', {
        resource: path,
        hint: 'If no other process writes to it, remove that file.'
      })
    }
    await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, signal ? { signal } : {})
  }
}

/** Writes the lock file if there is none. */
async function create(path: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(JSON.stringify(owner))
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** `undefined` once it is released. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    return NOBODY // it is being written, or its writer died at that; its age will tell
  }
}

async function isGone(owner: Owner, path: string): Promise<boolean> {
  if (owner.host === hostname()) {
    try {
      process.kill(owner.pid, 0)
      return false
    } catch (error) {
      return systemCode(error) === 'ESRCH'
    }
  }
  return isAbandoned(path)
}

async function isAbandoned(path: string): Promise<boolean> {
  const modified = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity
  )
  return Date.now() - modified > ABANDONED_MS
}

/**
 * Removes the lock of a dead `holder`. Two may see the same dead one, and the slower must not remove the lock that the
 * faster has made in its place: so only who holds the second lock removes the first, after one more look.
 */
async function takeOver(path: string, holder: Owner, owner: Owner): Promise<boolean> {
  const second = `${path}.takeover`
  if (!(await create(second, owner))) {
    if (await isAbandoned(second)) await rm(second, { force: true })
    return false
  }
  try {
    if ((await readOwner(path))?.nonce === holder.nonce) await rm(path, { force: true })
  } finally {
    await rm(second, { force: true })
  }
  return true
}
