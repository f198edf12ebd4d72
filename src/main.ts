import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionsCache } from './actions/cache.ts'
import { runPhase } from './actions/phase.ts'
import { run, type Preparations } from './phases/run.ts'

// Loaded where it is needed: most jobs sign nothing, and go by the digest.
const prepare: Preparations = {
  signing: async phase => (await import('./phases/sign.ts')).prepareSigning(phase),
  verifying: async phase => (await import('./phases/verify.ts')).prepareVerifying(phase)
}

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
await runPhase((phase, state) => run(phase, state, prepare), {
  mayFail: true,
  dist,
  cache: actionsCache(),
  env: process.env
})
