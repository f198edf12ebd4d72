/**
 * A program that installs Nix as the action does, for tests that need it in a process, a user and a mount namespace of its
 * own: `node install-nix.ts REQUEST`, with REQUEST as JSON. Prints the result, or the error, as JSON.
 */
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { SeedError } from '../../src/errors.ts'
import { installNix, type InstalledNix } from '../../src/nix/install.ts'
import type { NixRequest } from '../../src/nix/release.ts'
import { preparePlace, type NixPlace } from '../../src/place.ts'
import { silentProgress, type Ports } from '../../src/ports.ts'
import type { FileCache } from '../../src/runner.ts'

export interface InstallRequest extends NixRequest {
  temp: string
  /** A folder in place of the cache. */
  cache?: string
}

export interface InstallOutcome {
  place?: NixPlace
  result?: InstalledNix
  error?: { code: string; message: string; resource?: string; hint?: string }
  log: string[]
}

function folderCache(folder: string | undefined): FileCache {
  return {
    available: folder !== undefined,
    restore: (paths, key) => {
      const from = join(folder ?? '', key)
      if (!existsSync(from)) return Promise.resolve(false)
      for (const [at, path] of paths.entries()) cpSync(join(from, `${at}`), path, { recursive: true })
      return Promise.resolve(true)
    },
    save: (paths, key) => {
      for (const [at, path] of paths.entries()) {
        mkdirSync(join(folder ?? '', key), { recursive: true })
        cpSync(path, join(folder ?? '', key, `${at}`), { recursive: true })
      }
      return Promise.resolve()
    }
  }
}

async function main(request: InstallRequest): Promise<InstallOutcome> {
  const abort = new AbortController()
  process.once('SIGTERM', () => abort.abort())
  const log: string[] = []
  const write = (line: string) => void log.push(line)
  const ports: Ports = {
    log: { debug() {}, info: write, warn: write },
    progress: silentProgress,
    env: process.env,
    signal: abort.signal
  }
  let place: NixPlace | undefined
  try {
    place = await preparePlace(ports)
    const result = await installNix(request, place, ports, folderCache(request.cache), request.temp)
    return { place, result, log }
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    const { code, message, resource, hint } = error
    return {
      ...(place && { place }),
      error: { code, message, ...(resource !== undefined && { resource }), ...(hint !== undefined && { hint }) },
      log
    }
  }
}

console.log(JSON.stringify(await main(JSON.parse(process.argv[2] ?? '') as InstallRequest)))
