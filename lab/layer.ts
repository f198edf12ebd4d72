import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { tailOf } from './child.ts'
import { removeFolder } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { makeOnce } from './making.ts'
import type { Making } from './making.ts'
import { layerKey, PREPARE } from './recipe.ts'
import { runInLab } from './run.ts'
import { resolveView } from './view.ts'

/**
 * Makes the package layer of a base if it is not there: `lab/packages/prepare.ts` runs in the base with the machine's
 * network, and what it changes in the file system is the layer.
 *
 * @param base root file system of the base
 * @returns the layer's root file system; `undefined` where there is no such program
 * @throws TOOL_FAILED with the end of what the program printed; INTERRUPTED
 */
export async function makeLayer(folder: LabFolder, base: string, making: Making): Promise<string | undefined> {
  const key = layerKey(import.meta.dirname, basename(dirname(base)))
  if (key === undefined) return undefined
  const path = await makeOnce(folder, `packages-${key}`, making, async (part, log) => {
    making.say(`preparing the package set; what it prints is in ${log}`)
    await prepare(folder, { base, upper: join(part, 'root'), log }, making)
    removeFolder(join(part, 'root.work'))
    // The run's overlay was volatile: only now are the files safe from a power cut.
    execFileSync('sync', ['--file-system', part])
  })
  return join(path, 'root')
}

interface Paths {
  base: string
  upper: string
  log: string
}

async function prepare(folder: LabFolder, { base, upper, log }: Paths, { say, signal }: Making): Promise<void> {
  writeFileSync(log, '')
  const code = await runInLab(folder, {
    lowers: [base],
    upper,
    network: 'host',
    command: [resolveView(base).node, join(import.meta.dirname, PREPARE)],
    env: { NIX_SEED_LAB_DOWNLOADS: folder.downloads },
    onLine: line => {
      appendFileSync(log, `${line}\n`)
      if (line.startsWith(PROGRESS)) say(line)
    }
  })
  if (signal.aborted) throw new SeedError('INTERRUPTED', `${PREPARE}: interrupted`)
  if (code !== 0) throw new SeedError('TOOL_FAILED', `${PREPARE}: exit code ${code}\n${tailOf(log)}`)
}

/** How a line begins that is of interest to whoever waits for the layer. */
const PROGRESS = 'packages: '
