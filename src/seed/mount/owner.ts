/**
 * Whose a folder is, in its name: so that what a killed process has left is known from what a live one works with, also
 * where processes of several containers share the folder.
 */
import { randomBytes } from 'node:crypto'
import { readFile, readlink, stat } from 'node:fs/promises'
import { systemCode } from '../../errors.ts'

/** What processes of another container have not touched for so long is taken for left behind. */
const FOREIGN_LEFT_BEHIND_MS = 24 * 60 * 60 * 1000

/** A name of a process's own: `NAMESPACE-PID-START-RANDOM`. A number of a process that is used again has another start. */
export async function newOwnedName(pid = process.pid): Promise<string> {
  return `${await pidNamespace()}-${pid}-${(await startOf(pid)) ?? 0}-${randomBytes(4).toString('hex')}`
}

/**
 * Whether the process that made up `name` is no more.
 *
 * @param path of something that it touched last, for a process that cannot be seen from here
 */
export async function isLeftBehind(name: string, path: string): Promise<boolean> {
  const [namespace, pid, start] = name.split('-')
  if (namespace === (await pidNamespace())) return (await startOf(Number(pid))) !== start
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > FOREIGN_LEFT_BEHIND_MS,
    () => false
  )
}

async function pidNamespace(): Promise<string> {
  return (await readlink('/proc/self/ns/pid')).replace(/\D/g, '')
}

/** When a process started, in clock ticks after the system: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function startOf(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1')
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : fields[18]
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined
    throw error
  }
}
