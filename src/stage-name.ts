/** Names of stages: folders below `/nix` where things arrive before they are moved into place. */
import { randomBytes } from 'node:crypto'
import { systemCode } from './errors.ts'

const PREFIX = '.nix-seed-'

/** A name of this process's own, that tells others whose it is. */
export function newStageName(): string {
  return `${PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`
}

/** Whether it is the stage of a process that is no more. */
export function isAbandoned(name: string): boolean {
  const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return systemCode(error) !== 'EPERM'
  }
}
