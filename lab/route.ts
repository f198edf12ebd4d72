import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { SeedError } from '../src/errors.ts'
import { findTool, LAB_TOOLS, missingTools } from './tools.ts'

/** Where a command runs: the lab, the lab that this process is in already, or the machine as it is. */
export interface Route {
  where: 'lab' | 'inside' | 'machine'
  /** One line for the reader; absent where there is nothing new to say. */
  why?: string
}

/** The package set's mark on a machine that was itself made from a lab, so that needs none. */
export const PACKAGES_MARK = '/lab/packages'

/**
 * Chooses by `NIX_SEED_LAB` (`off`: the machine; a folder: the lab in it) and by what the machine has.
 *
 * @throws TOOL_MISSING if the lab is off and the machine lacks something
 */
export function resolveRoute(env: NodeJS.ProcessEnv): Route {
  if (env.NIX_SEED_LAB_INSIDE) return { where: 'inside' }
  if (env.NIX_SEED_LAB === 'off') {
    const lack = lackOf()
    if (lack === undefined) return { where: 'machine', why: 'off, using this machine’s own tools' }
    throw new SeedError('TOOL_MISSING', `the lab is off and this machine lacks ${lack}`, {
      hint: 'Unset NIX_SEED_LAB to use the lab.'
    })
  }
  if (env.NIX_SEED_LAB) return { where: 'lab' }
  const lack = lackOf() ?? (existsSync(PACKAGES_MARK) ? undefined : 'the package set')
  if (lack === undefined) return { where: 'machine', why: 'not needed, this machine has every tool' }
  return { where: 'lab', why: `using it, since this machine lacks ${lack}` }
}

/** What this machine lacks to do without the lab, or `undefined`. */
function lackOf(): string | undefined {
  const missing = missingTools(LAB_TOOLS)
  if (missing.length > 0) return missing.join(', ')
  if (process.getuid?.() !== 0) return 'root’s rights'
  if (spawnSync(findTool('unshare') ?? '', ['--mount', '--', '/bin/sh', '-c', ':']).status !== 0)
    return 'the right to mount'
  // runc cannot work in a chroot: / has to be a mount.
  if (
    !readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .some(line => line.split(' ')[4] === '/')
  ) {
    return 'a mount on / (it is a chroot)'
  }
  return undefined
}
