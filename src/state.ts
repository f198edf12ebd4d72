/** What one phase of the action leaves for the next: one versioned JSON value. */
import type { Step } from './steps.ts'

const VERSION = 1

/** What became of the pinned seed. `container`: the job runs in a container made from a seed. */
export type SeedOutcome = 'hit' | 'stale' | 'miss' | 'container'

/** How the job came to its Nix. */
export type Strategy = 'mount' | 'unpack' | 'container' | 'install' | 'present' | 'none'

export interface RestoredSeed {
  /** `HOST/REPOSITORY@sha256:…` */
  reference: string
  strategy: 'mount' | 'unpack'
  /** Fetched from the registry. */
  bytes: number
  milliseconds: number
  /** Store paths that the seed has, and how many of them were there before. */
  paths: number
  present: number
  layers: number
  /** Why it was mounted or unpacked, in a few words. */
  why?: string
  /** Bytes of layers that this machine had from an earlier job. */
  cached?: number
  /** Outputs of the flake that it was restored for; absent where it is all of the seed. */
  selected?: string[]
  /** Store path of the Nix that came with it. */
  nix?: string
  /** Nix's settings that the seed asks for. */
  nixConf?: string
}

/** Whether a published seed is signed, and by whom. */
export type Signature =
  /** The workflow wants no signature. */
  | { kind: 'none' }
  /**
   * Not by this run: an image that is pinned already, on which a provenance hangs that nobody has verified here. Digest of
   * its manifest.
   */
  | { kind: 'earlier'; attestation: string }
  | SignedNow

export interface SignedNow {
  kind: 'signed'
  /** Digest of the manifest that hangs on the image. */
  attestation: string
  builderId: string
  /** Who signed, as the certificate says; absent where a key did. */
  identity?: string
  issuer?: string
  /** Place in the transparency log, and its page in that of the public. */
  logIndex?: string
  logUrl?: string
  /** Paths of the files, which the last phase removes. */
  bundle: string
  sbom: string
}

/** What a policy has said of a seed. */
export interface SavedVerification {
  /** `HOST/REPOSITORY@sha256:…` */
  reference: string
  /** Key of the lock that it was verified to be made for. */
  lockKey: string
  verified: boolean
  /** One sentence. */
  reason: string
  /** Whose attestations count. */
  builders: string[]
  /** Some of those that were found, and how many others there are. */
  bundles: SavedBundle[]
  others: number
}

export interface SavedBundle {
  /** The builder, or what the bundle says of itself. */
  who: string
  verdict: 'counted' | 'not-counted' | 'refused'
  /** One sentence. */
  message: string
}

/** A failure that a later phase is to tell. */
export interface SavedError {
  code?: string
  message: string
  hint?: string
}

export interface PhaseState {
  outcome?: SeedOutcome
  /** Why it is no hit. */
  reason?: string
  seed?: RestoredSeed
  lockKey?: string
  /** Path of the nix.conf that was written. */
  nixConf?: string
  error?: SavedError
  steps: Step[]
  strategy?: Strategy
  nixVersion?: string
  /** Seed mode: what was published, and what became of its pull request. */
  published?: { reference: string; reused: boolean; paths: number; layers: number; bytes: number }
  /** Of what was published; absent where signing failed. */
  signature?: Signature
  pullRequest?: { operation: PullRequestOperation; number?: number; url?: string }
  /** Of the seeds that were used, published or promoted; absent where the digest is all that is asked for. */
  verifications?: SavedVerification[]
  /** Seed mode: what was published is recorded, and waits for other builders. */
  isCandidate?: boolean
  /** Promote mode: systems whose seed is recorded for use now. */
  promoted?: string[]
  /** One line each. */
  warnings?: string[]
}

export type PullRequestOperation = 'created' | 'updated' | 'unchanged' | 'closed' | 'none'

/**
 * The runner hands this on as an environment variable, which Linux limits to 128 KiB: lists of store paths go to files,
 * named here.
 */
export interface State {
  version: typeof VERSION
  /** Start of the first phase, in milliseconds since 1970. */
  startedAtMs: number
  pre?: PhaseState
  main?: PhaseState
  /** What the phases leave for each other is there; the last one removes it. A folder of this step alone. */
  folder?: string
  /** What the last phase takes away. */
  cleanUp: { nixConf?: string; files: string[] }
  /** A file with the paths that were in the store when the seed was in place. */
  coverageFile?: string
  cachix?: { name: string }
  /** This job uses a mounted store, under this name; the last one that does takes it back. */
  mountedAs?: string
}

export function newState(startedAtMs: number): State {
  return { version: VERSION, startedAtMs, cleanUp: { files: [] } }
}

/** Linux refuses to start a program with a variable of 128 KiB, and a phase that does not start fails the job. */
const MAX_BYTES = 100_000
/** Messages hold what programs have printed. They are shortened as far as it takes. */
const MESSAGE_CHARACTERS = [16_000, 4000, 1000, 100]
const MAX_LINES = 100
const MAX_VERIFICATIONS = 8

/** @returns one line of JSON that fits into an environment variable; what is too long for it is cut short */
export function formatState(state: State): string {
  for (const limit of MESSAGE_CHARACTERS) {
    const text = JSON.stringify(shortened(state, limit))
    if (Buffer.byteLength(text) <= MAX_BYTES) return text
  }
  const { version, startedAtMs, folder, cleanUp, coverageFile, mountedAs } = state
  return JSON.stringify({ version, startedAtMs, folder, cleanUp, coverageFile, mountedAs })
}

function shortened(state: State, limit: number): State {
  const cut = (text: string): string => (text.length <= limit ? text : `${text.slice(0, limit)}…`)
  const phase = (of: PhaseState): PhaseState => ({
    ...of,
    steps: of.steps
      .slice(0, MAX_LINES)
      .map(step => ({ ...step, ...(step.detail !== undefined && { detail: cut(step.detail) }) })),
    ...(of.reason !== undefined && { reason: cut(of.reason) }),
    ...(of.warnings && { warnings: of.warnings.slice(0, MAX_LINES).map(cut) }),
    ...(of.verifications && {
      verifications: of.verifications.slice(0, MAX_VERIFICATIONS).map(each => ({
        ...each,
        reason: cut(each.reason),
        bundles: each.bundles.map(({ who, verdict, message }) => ({ who: cut(who), verdict, message: cut(message) }))
      }))
    }),
    ...(of.error && {
      error: {
        ...of.error,
        message: cut(of.error.message),
        ...(of.error.hint !== undefined && { hint: cut(of.error.hint) })
      }
    })
  })
  return { ...state, ...(state.pre && { pre: phase(state.pre) }), ...(state.main && { main: phase(state.main) }) }
}

/**
 * Reads what `formatState` wrote. Never throws: a phase that cannot read it goes on without.
 *
 * @param text undefined or empty where no earlier phase ran
 * @returns the state, or why there is none
 */
export function parseState(text: string | undefined): { state: State } | { state: undefined; reason: string } {
  if (text === undefined || text === '') return none('no earlier phase has saved a state')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return none('the saved state is not JSON')
  }
  if (!isObject(json)) return none('the saved state is not an object')
  const { version } = json
  if (typeof version !== 'number') return none('the saved state has no version')
  if (version > VERSION) return none(`the saved state is of version ${version}, this release reads ${VERSION}`)
  if (version !== VERSION || !isState(json)) return none('the saved state is incomplete')
  return { state: json }
}

function none(reason: string): { state: undefined; reason: string } {
  return { state: undefined, reason }
}

/** Checks what every state has. The rest was written by the same release, since a job pins one. */
function isState(json: object): json is State {
  const { startedAtMs, cleanUp, pre, main } = json as Record<string, unknown>
  return (
    typeof startedAtMs === 'number' &&
    isObject(cleanUp) &&
    Array.isArray(cleanUp.files) &&
    [pre, main].every(phase => phase === undefined || (isObject(phase) && Array.isArray(phase.steps)))
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
