/** Nix for the job: the one of the seed, the one that is there, or one that is installed; and its configuration. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readCachix, writeNetrc, type CachixCache } from '../cachix/cache.ts'
import { SeedError } from '../errors.ts'
import { enableKvm } from '../kvm.ts'
import { nixVersion } from '../nix/command.ts'
import { findNix, nixEnvironment } from '../nix/environment.ts'
import { installNix, type InstalledNix } from '../nix/install.ts'
import { NIX_VERSION } from '../nix/release.ts'
import { isTrustedUser, nixConf, restrictedSettings, writeNixConf, type NixSettings } from '../nix/settings.ts'
import { hasDaemon, preparePlace } from '../place.ts'
import type { RestoredSeed, State, Strategy } from '../state.ts'
import { step, type Phase } from './context.ts'

export interface ReadyNix {
  strategy: Strategy
  version: string
}

/** What a seed, a binary cache or an installation adds to the configuration. */
interface Additions {
  seed?: RestoredSeed | undefined
  installed?: InstalledNix | undefined
  cachix?: { cache: CachixCache; netrc?: string } | undefined
}

/**
 * Sees to it that there is a Nix, configured, on PATH in this and in later steps.
 *
 * @param seed what was restored; without it, Nix is looked for, and installed where there is none
 */
export async function readyNix(
  phase: Phase,
  state: State,
  seed: RestoredSeed | undefined,
  isContainer: boolean
): Promise<ReadyNix> {
  const { ports, inputs } = phase
  const isPresent = seed === undefined && (await findNix(ports.env)) !== undefined
  const installed =
    seed === undefined && !isPresent ? await step(phase, 'Install Nix', () => install(phase)) : undefined
  const version = await step(phase, 'Configure Nix', async () => {
    const settings = await configure(phase, state, { seed, installed, cachix: await findCachix(phase, state) })
    await warnOfDaemon(settings, phase)
    if (inputs.kvm && !isContainer) await openKvm(phase)
    return (await nixVersion(ports)).text
  })
  const strategy = isContainer ? 'container' : (seed?.strategy ?? (isPresent ? 'present' : 'install'))
  ports.log.info(`Nix ${version} (${strategy})`)
  return { strategy, version }
}

async function install({ inputs, system, ports, runner }: Phase): Promise<InstalledNix> {
  const place = await preparePlace(ports)
  const request = {
    version: inputs.nixVersion ?? NIX_VERSION,
    system,
    releases: inputs.nixReleases,
    ...(inputs.nixSha256 !== undefined && { sha256: inputs.nixSha256 })
  }
  const cache = inputs.cache ? runner.cache : { ...runner.cache, available: false }
  return installNix(request, place, ports, cache, runner.job.temp)
}

/**
 * Writes Nix's settings, and gives PATH and variables to this step and the later ones. What it leaves is in
 * `state.cleanUp`.
 */
export async function configure(phase: Phase, state: State, additions: Additions): Promise<NixSettings> {
  const { runner, ports } = phase
  const settings = settingsOf(phase, additions)
  const conf = await writeNixConf(settings, phase.folder)
  state.cleanUp.nixConf = conf
  // Commands may replace the profile, and Nix with it: its own folder stays on PATH behind.
  const nix = additions.seed?.nix ?? additions.installed?.nix
  const cacert = additions.installed?.cacert
  const use = { conf, ...(nix !== undefined && { nix }), ...(cacert !== undefined && { cacert }) }
  const { variables, path } = nixEnvironment(use, ports.env)
  for (const [name, value] of Object.entries(variables)) runner.exportVariable(name, value)
  // Each goes in front of those before it.
  for (const folder of path.reverse()) runner.addPath(folder)
  return settings
}

/** The cache that the workflow names. Without it the job is slower, and no less right. */
async function findCachix(phase: Phase, state: State): Promise<Additions['cachix']> {
  const { inputs, ports } = phase
  const { cachixName: name, cachixAuthToken: token } = inputs
  if (name === undefined) return undefined
  try {
    const cache = await readCachix(name, token === undefined ? {} : { token }, ports)
    state.cachix = { name }
    if (cache.isPublic || token === undefined) return { cache }
    const netrc = join(phase.folder, 'netrc')
    await mkdir(phase.folder, { recursive: true, mode: 0o700 })
    await writeNetrc(netrc, cache, token)
    return { cache, netrc }
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError) || error.code === 'USAGE') throw error
    ports.log.warn(`The cache ${name} of Cachix is not used: ${error.message}. ${error.hint ?? ''}`)
    return undefined
  }
}

function settingsOf({ runner, inputs }: Phase, { seed, cachix }: Additions): NixSettings {
  const netrc = cachix?.netrc === undefined ? [] : [`netrc-file = ${cachix.netrc}`]
  return {
    accessTokens: inputs.githubToken === '' ? [] : [{ server: runner.job.serverUrl, token: inputs.githubToken }],
    substituters: [...inputs.substituters, ...(cachix ? [cachix.cache.substituter] : [])],
    trustedPublicKeys: [...inputs.trustedPublicKeys, ...(cachix?.cache.publicKeys ?? [])],
    // Root builds as itself: there are no build users on a bare machine.
    ...(process.getuid?.() === 0 && { buildUsersGroup: '' }),
    ...(seed?.nixConf !== undefined && { seed: seed.nixConf }),
    extra: [...netrc, ...inputs.extraNixConf].join('\n')
  }
}

/** A daemon takes some settings from trusted users alone, and says so only in the midst of a build. */
async function warnOfDaemon(settings: NixSettings, { ports }: Phase): Promise<void> {
  const restricted = restrictedSettings(nixConf(settings))
  // Where there is none, asking takes as long as all else here.
  if (restricted.length === 0 || !(await hasDaemon()) || (await isTrustedUser(ports)) !== false) return
  ports.log.warn(
    `The Nix daemon of this machine does not trust this user, and passes over: ${restricted.join(', ')}. ` +
      "Name the user in trusted-users of the daemon's nix.conf."
  )
}

async function openKvm({ ports }: Phase): Promise<void> {
  const state = await enableKvm(ports)
  if (state === 'enabled') ports.log.info('KVM is there for builds that need it.')
  if (state === 'refused') ports.log.info('/dev/kvm is there, and this user may not use it.')
}
