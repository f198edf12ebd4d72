import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { begin } from './phases/begin.ts'
import type { PrepareVerifying } from './phases/verification.ts'

// Loaded where it is needed: most jobs go by the digest.
const prepare: PrepareVerifying = async phase => (await import('./phases/verify.ts')).prepareVerifying(phase)

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
// Not awaited: Node.js fails a module that waits for what never comes, and this phase must not fail.
void runPhase((phase, state) => begin(phase, state, prepare), {
  mayFail: false,
  dist,
  cache: noCache,
  env: process.env
})
