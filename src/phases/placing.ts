/** How a seed gets to `/nix` and goes again: mounted, where the workflow, the machine and the image allow it, or unpacked. */
import { SeedError, type ErrorCode } from '../errors.ts'
import type { Repository } from '../oci/types.ts'
import { hasDaemon, preparePlace } from '../place.ts'
import type { Ports } from '../ports.ts'
import { restoreElevated, undoElevated, type ElevatedOptions } from '../seed/elevated.ts'
import type { SeedImage } from '../seed/image.ts'
import { forgetJob, mountedJobs, newJobName, noteJob } from '../seed/mounted-jobs.ts'
import { storeMount, undoMount } from '../seed/mount/undo.ts'
import { restoreSeed, type Restored, type RestoreOptions } from '../seed/restore.ts'
import type { State } from '../state.ts'
import { step, type Phase } from './context.ts'

const NIX = '/nix'

/** A seed that is to be restored. */
export interface Arrival {
  image: SeedImage
  repository: Repository
  /** `HOST/REPOSITORY@sha256:…` */
  reference: string
  /** How whoever runs as root reaches the repository. */
  access: Pick<ElevatedOptions, 'credentials' | 'insecure'>
  /** Outputs that it is restored for; all of it where there are none. */
  outputs: readonly string[]
}

/** What this machine refuses when it mounts, and need not refuse when it unpacks. */
const OF_MACHINE: ReadonlySet<ErrorCode> = new Set([
  'PLATFORM',
  'NO_PRIVILEGE',
  'FILE_SYSTEM',
  'DISK_FULL',
  'TOOL_MISSING',
  'TOOL_FAILED'
])

/**
 * Puts a seed to `/nix`; one line in the log says how, and why.
 *
 * @param state learns of a mount, which {@link leaveMount} takes back
 * @throws SeedError PLATFORM where it cannot be mounted and has to be; what restoring throws. `/nix` is then as it was
 */
export async function placeSeed(seed: Arrival, phase: Phase, state: State): Promise<Restored> {
  await takeBackLeft(phase, state)
  // What is mounted and belongs to no job is somebody's who wants it there after this one.
  const isForeign = (await isMounted()) && (await mountedJobs()).length === 0
  const restored = await mountOrUnpack(seed, phase)
  if (!isForeign && (await isMounted())) {
    state.mountedAs ??= await newJobName()
    await noteJob(state.mountedAs, phase.ports)
  }
  return restored
}

async function mountOrUnpack(seed: Arrival, phase: Phase): Promise<Restored> {
  const { strategy } = phase.inputs
  if (strategy === 'unpack') return unpack(seed, 'the workflow asks for it', phase)
  // Another seed goes into the one that is mounted.
  const isRequired = strategy === 'mount' && !(await isMounted())
  try {
    return await mount(seed, phase)
  } catch (error) {
    phase.ports.signal.throwIfAborted()
    if (!(error instanceof SeedError) || !OF_MACHINE.has(error.code)) throw error
    const why = whyNot(error)
    if (isRequired) throw notMounted(why, seed, error)
    return unpack(seed, `it cannot be mounted: ${why}`, phase)
  }
}

async function mount({ image, repository, reference, access, outputs }: Arrival, phase: Phase): Promise<Restored> {
  const { inputs, ports } = phase
  const { cacheDir, cacheSize } = inputs
  const options: RestoreOptions = {
    strategy: 'mount',
    for: outputs,
    cache: {
      ...(cacheDir !== undefined && { folder: cacheDir }),
      ...(cacheSize !== undefined && { maxBytes: cacheSize })
    }
  }
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (user.uid === 0) return restoreSeed(image, repository, '/', ports, options)
  // What is known here need not be found out by root.
  if (process.platform !== 'linux') throw new SeedError('PLATFORM', 'only Linux mounts EROFS')
  if (image.erofs === undefined) throw new SeedError('PLATFORM', 'the image has no EROFS layers')
  if (await hasDaemon()) throw new SeedError('PLATFORM', 'a Nix daemon serves the store that is there')
  return restoreElevated(reference, { ...options, ...access, owner: user }, phase.cli, ports)
}

async function unpack(seed: Arrival, why: string, phase: Phase): Promise<Restored> {
  const { ports } = phase
  const place = await preparePlace(ports)
  const options: RestoreOptions = { strategy: 'unpack', for: seed.outputs }
  const untold = withoutReason(ports)
  const restored =
    place.access === 'own'
      ? await restoreSeed(seed.image, seed.repository, '/', untold, options)
      : await restoreElevated(seed.reference, { ...options, ...seed.access }, phase.cli, untold)
  const isThere = restored.present === restored.paths
  ports.log.info(`${NIX}: ${isThere ? 'all of it was there already' : `unpacked, since ${why}`}`)
  return { ...restored, why: isThere ? restored.why : why }
}

/** Unpacking itself knows of no other reason than that it was asked to. */
function withoutReason(ports: Ports): Ports {
  const { log } = ports
  const info = (line: string): void => (line.startsWith(`${NIX}: `) ? log.debug(line) : log.info(line))
  return { ...ports, log: { ...log, info } }
}

/** The reason alone, on one line. */
function whyNot({ message }: SeedError): string {
  return (message.split('\n', 1)[0] ?? '').replace(/^the seed cannot be mounted: /, '')
}

function notMounted(why: string, { reference }: Arrival, cause: SeedError): SeedError {
  return new SeedError('PLATFORM', `the seed cannot be mounted: ${why}`, {
    resource: reference,
    hint: 'Leave "strategy" at auto, which unpacks a seed that cannot be mounted.',
    cause
  })
}

/** Takes back what jobs have left mounted that are over, as after a runner that was killed. */
async function takeBackLeft(phase: Phase, { mountedAs }: State): Promise<void> {
  if (!(await isMounted())) return
  const jobs = await mountedJobs()
  if (jobs.length === 0 || jobs.some(({ name, isOver }) => !isOver || name === mountedAs)) return
  phase.ports.log.info(`${NIX}: taking back the seed that a job has left mounted which did not end by itself`)
  await undo(phase)
}

/**
 * Takes the mounted store back with all that the job has written there, unless another job uses it. Never throws: what it
 * cannot take back is told, and left to the next job.
 */
export async function leaveMount(phase: Phase, { mountedAs }: State): Promise<void> {
  if (mountedAs === undefined) return
  const { log } = phase.ports
  try {
    await forgetJob(mountedAs, phase.ports)
    const others = (await mountedJobs()).filter(({ isOver }) => !isOver)
    if (others.length > 0) {
      log.info(`${NIX}: the seed stays mounted for another job that uses it`)
      return
    }
    const isUndone = await step(phase, 'Take the mounted seed back', () => undo(phase))
    if (isUndone) log.info(`${NIX}: the mounted seed is gone, with what the job has written there`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    log.warn(`The mounted seed could not be taken back, "nix-seed restore --undo" by root does: ${why}`)
  }
}

/** @returns whether there was anything to undo */
function undo({ cli, ports }: Phase): Promise<boolean> {
  return process.getuid?.() === 0 ? undoMount('/', ports) : undoElevated(cli, ports)
}

async function isMounted(): Promise<boolean> {
  return process.platform === 'linux' && (await storeMount(NIX)) !== undefined
}
