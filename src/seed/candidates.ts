/**
 * Candidates: seeds that were published and wait for more builders to attest them. They stand in `seed.json` beside those
 * that are pinned, where no job that restores looks.
 */
import { SeedError } from '../errors.ts'
import { isObject } from '../nix/json-shape.ts'
import { parseSeedPins, SEED_FILE, type PinnedSeed, type SeedPins } from './pin.ts'

export interface Candidate extends PinnedSeed {
  /** The commit that it was built from: 40 hex digits, or 64. Absent where the tree had none. */
  commit?: string
}

/** By Nix's name of the system. */
export type Candidates = Record<string, Candidate>

/**
 * The candidates among what `seed.json` says; none where it says nothing of any.
 *
 * @param resource for the error
 * @throws SeedError PIN_INVALID
 */
export function candidatesOf(pins: SeedPins, resource: string): Candidates {
  const { candidates } = pins as SeedPins & { candidates?: unknown }
  if (candidates === undefined) return {}
  const wrong = (what: string): SeedError =>
    new SeedError('PIN_INVALID', `${SEED_FILE}: ${what}`, {
      resource,
      hint: 'Take the member "candidates" out of the file, and run seed mode again.'
    })
  if (!isObject(candidates)) throw wrong('candidates is not an object')
  // They have the form of what is pinned.
  const { systems } = readable(candidates, resource, wrong)
  for (const [system, { commit }] of Object.entries(systems as Candidates)) {
    if (commit === undefined || (typeof commit === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))) continue
    throw wrong(`candidates.${system}.commit is no commit`)
  }
  return systems
}

function readable(candidates: object, resource: string, wrong: (what: string) => SeedError): SeedPins {
  try {
    return parseSeedPins(Buffer.from(JSON.stringify({ version: 1, systems: candidates })), resource)
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    throw wrong(error.message.replace(`${SEED_FILE}: `, '').replace(/^systems\b/, 'candidates'))
  }
}

/** `pins` with these candidates in place of those of the same systems; undefined takes one away. */
export function mergeCandidates(pins: SeedPins, changes: Record<string, Candidate | undefined>): SeedPins {
  const { candidates: before, ...others } = pins as SeedPins & { candidates?: Candidates }
  const after = Object.entries({ ...before, ...changes }).filter(([, candidate]) => candidate !== undefined)
  return after.length === 0 ? others : { ...others, ...{ candidates: Object.fromEntries(after) } }
}
