/** Lock files and pins as texts, for tests that need no Nix. */
import { narHashOfTree } from '../../src/nix/nar.ts'
import { formatSeedPins, SEED_FILE, type PinnedSeed } from '../../src/seed/pin.ts'

export interface LockPin {
  rev: string
  bytes: Buffer
  owner?: string
  repo?: string
  ref?: string
}

/** A lock file with an input `dep` at `dep`, and with the pin where there is one. */
export function lockWith(dep: string, pin?: LockPin): string {
  const locked = {
    lastModified: 1,
    narHash: `sha256-${Buffer.alloc(32).toString('base64')}`,
    type: 'tarball',
    url: dep
  }
  const nodes = {
    dep: { flake: false, locked, original: { type: 'tarball', url: dep } },
    root: { inputs: { dep: 'dep', ...(pin && { 'seed-self': 'seed-self' }) } },
    ...(pin && { 'seed-self': seedNode(pin) })
  }
  return `${JSON.stringify({ nodes, root: 'root', version: 7 }, undefined, 2)}\n`
}

function seedNode({ rev, bytes, owner = 'octo', repo = 'Hello', ref = 'nix-seed' }: LockPin): unknown {
  const narHash = narHashOfTree([{ path: SEED_FILE, bytes }])
  return {
    flake: false,
    locked: { lastModified: 1, narHash, owner, repo, rev, type: 'github' },
    original: { owner, ref, repo, type: 'github' }
  }
}

export function pinBytes(systems: Record<string, PinnedSeed>): Buffer {
  return formatSeedPins({ version: 1, systems })
}

/** A seed that is nowhere. @param digit of the digest */
export function pinned(lockKey: string, digit = 'a', image = 'registry.invalid/octo/hello/seed'): PinnedSeed {
  return { image: `${image}@sha256:${digit.repeat(64)}`, lockKey, closure: `sha256:${'c'.repeat(64)}` }
}
