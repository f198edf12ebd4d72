/** What publishing takes after one leaf of a closure has changed, beside the first publish. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commit } from '../../lab/example.ts'
import { buildSeed } from '../support/project.ts'
import type { Bench } from './bench.ts'
import { WHAT } from './samples.ts'
import { publishCommand, type Seed } from './seed.ts'
import { touchLeaf, type Leaf } from './sizes.ts'

const UPDATES = { note: WHAT.reseedNote, tool: WHAT.reseedTool } as const

/** Changes each leaf once more in each run, and publishes to where the seed before it is. */
export async function compareReseeds(bench: Bench, { size, project, image }: Seed): Promise<void> {
  const repository = image.slice(0, image.indexOf('@'))
  const flake = join(project, 'flake.nix')
  for (let run = 1; run <= bench.settings.runs; run++) {
    for (const [leaf, what] of Object.entries(UPDATES) as [Leaf, (typeof UPDATES)[Leaf]][]) {
      if (!bench.wants(what)) continue
      writeFileSync(flake, touchLeaf(readFileSync(flake, 'utf8'), leaf, run))
      commit(project, `Change ${leaf}`)
      // As before the first publish: what is measured is packing and sending.
      buildSeed(project)
      const place = { size: size.name, link: 'loopback', run } as const
      await bench.measure(place, what, publishCommand(bench, repository), { cwd: project })
    }
  }
}
