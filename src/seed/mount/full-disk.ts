/** A disk that is full, told from the store's: layers are kept in a folder that may be on another one. */
import { SeedError, systemCode } from '../../errors.ts'

/** What fails for want of room in the cache `folder`; all else stays what it is. For use as `.catch(explainFull(folder))`. */
export function explainFull(folder: string): (error: unknown) => never {
  return error => {
    throw isFull(error) ? diskFull(folder, 'the disk became full', error) : error
  }
}

export function diskFull(folder: string, message: string, cause?: unknown): SeedError {
  return new SeedError('DISK_FULL', message, {
    resource: folder,
    hint: 'Free some space, or name a folder on another disk with --cache.',
    ...(cause !== undefined && { cause })
  })
}

export function isFull(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}
