/** Nix for the job: the one of the seed, the one that is there, or one that is installed; and its configuration. */
import { join } from 'node:path'
import { SeedError } from '../errors.ts'
import { readCachix } from '../cachix/cache.ts'
import { enableKvm } from '../kvm.ts'
import { nixVersion } from '../nix/command.ts'
import { installNix } from '../nix/install.ts'
import { NIX_VERSION } from '../nix/release.ts'
import { findNix, nixEnvironment, writeNixConf } from '../nix/settings.ts'
import { preparePlace } from '../place.ts'
import type { RestoredSeed, Strategy } from '../state.ts'
import { step, workFolder, type Phase } from './context.ts'

export interface ReadyNix {
  strategy: Strategy
  version: string
  /** The file with its settings. */
  nixConf: string
}

/**
 * Sees to it that there is a Nix, configured, on PATH in this and in later steps.
 *
 * @param seed what was restored; without it, Nix is looked for, and installed where there is none
 */
export async function readyNix(phase: Phase, seed: RestoredSeed | undefined, isContainer: boolean): Promise<ReadyNix> {
  const { ports, inputs } = phase
  const present = seed === undefined ? await findNix(ports.env) : undefined
  if (seed === undefined && present === undefined) {
    await step(phase, 'Install Nix', () => install(phase))
  }
  const nixConf = await step(phase, 'Configure Nix', async () => {
    const file = await configure(phase, seed)
    if (inputs.kvm && !isContainer) await openKvm(phase)
    return file
  })
  const { text } = await nixVersion(ports)
  const strategy = isContainer ? 'container' : (seed?.strategy ?? (present === undefined ? 'install' : 'present'))
  ports.log.info(`Nix ${text} (${strategy})`)
  return { strategy, version: text, nixConf }
}

async function install({ inputs, system, ports, runner }: Phase): Promise<void> {
  const place = await preparePlace(ports)
  const request = {
    version: inputs.nixVersion ?? NIX_VERSION,
    system,
    releases: inputs.nixReleases,
    ...(inputs.nixSha256 !== undefined && { sha256: inputs.nixSha256 })
  }
  const cache = inputs.cache ? runner.cache : { ...runner.cache, available: false }
  await installNix(request, place, ports, cache, runner.job.temp)
}

/** Writes Nix's settings and gives PATH and variables to this step and the later ones; the path of the file. */
export async function configure(phase: Phase, seed: RestoredSeed | undefined): Promise<string> {
  const { runner, ports, inputs, system } = phase
  const cachix = await cachixSettings(phase)
  const nixConf = join(workFolder(phase), 'nix.conf')
  const host = new URL(runner.job.serverUrl).host
  const place = await preparePlace(ports)
  const written = await writeNixConf(
    nixConf,
    {
      ...(seed?.nixConf !== undefined && { seedConf: seed.nixConf }),
      accessTokens: inputs.githubToken === '' ? {} : { [host]: inputs.githubToken },
      substituters: [...inputs.substituters, ...cachix.substituters],
      trustedPublicKeys: [...inputs.trustedPublicKeys, ...cachix.publicKeys],
      extraLines: inputs.extraNixConf
    },
    { place, system },
    ports
  )
  for (const [name, value] of Object.entries(written.variables)) runner.exportVariable(name, value)
  const present = new Set((ports.env.PATH ?? '').split(':'))
  for (const folder of [...written.path].reverse()) if (!present.has(folder)) runner.addPath(folder)
  return nixConf
}
