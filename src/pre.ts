import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { begin } from './phases/begin.ts'

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
// Not awaited: Node.js fails a module that waits for what never comes, and this phase must not fail.
void runPhase(begin, { mayFail: false, dist, cache: noCache, env: process.env })
