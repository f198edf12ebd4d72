import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionsCache } from './actions/cache.ts'
import { runPhase } from './actions/phase.ts'
import { run } from './phases/run.ts'
import type { PrepareSigning } from './phases/signature.ts'

// Loaded where it is needed: most jobs sign nothing.
const prepare: PrepareSigning = async phase => (await import('./phases/sign.ts')).prepareSigning(phase)

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
await runPhase((phase, state) => run(phase, state, prepare), {
  mayFail: true,
  dist,
  cache: actionsCache(),
  env: process.env
})
