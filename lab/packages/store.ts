import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SeedError } from '../../src/errors.ts'

const ROOTS = '/nix/var/nix/gcroots/lab-packages'

/**
 * Puts .debs into the store as what a fixed-output derivation named `NAME.deb` would make, and keeps them from the
 * garbage collector.
 *
 * `work` is a folder on the disk of the files.
 *
 * @throws DIGEST_MISMATCH if a file is not what its SHA-256 says
 */
export function addDebs(debs: readonly { name: string; sha256: string; file: string }[], work: string): void {
  const folder = mkdtempSync(join(work, 'debs-'))
  try {
    const files = debs.map(({ name, sha256, file }) => {
      if (createHash('sha256').update(readFileSync(file)).digest('hex') !== sha256) {
        rmSync(file)
        throw new SeedError('DIGEST_MISMATCH', `${name} is not what its SHA-256 says`, {
          resource: file,
          hint: 'The file is removed, so run this again.'
        })
      }
      // Two versions of one package share a name, so each has a folder of its own.
      mkdirSync(join(folder, sha256))
      linkSync(file, join(folder, sha256, `${name}.deb`))
      return join(folder, sha256, `${name}.deb`)
    })
    for (let at = 0; at < files.length; at += CHUNK) {
      keep(nixStore(['--add-fixed', 'sha256', ...files.slice(at, at + CHUNK)]))
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const CHUNK = 100

/** Puts a folder into the store under its own name and returns the SRI hash of its archive. */
export function addFolder(folder: string): string {
  keep(nixStore(['--add-fixed', '--recursive', 'sha256', folder]))
  const flags = ['--extra-experimental-features', 'nix-command', 'hash', 'path', '--type', 'sha256', '--sri', folder]
  return execFileSync('nix', flags, { encoding: 'utf8' }).trim()
}

function nixStore(args: readonly string[]): string[] {
  return execFileSync('nix-store', args, { encoding: 'utf8' }).trim().split('\n')
}

function keep(paths: readonly string[]): void {
  mkdirSync(ROOTS, { recursive: true })
  for (const path of paths) {
    const root = join(ROOTS, basename(path))
    if (!existsSync(root)) symlinkSync(path, root)
  }
}
