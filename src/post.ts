import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { finish } from './phases/finish.ts'

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
// Not awaited: Node.js fails a module that waits for what never comes, and this phase must not fail.
void runPhase(finish, { mayFail: false, dist, cache: noCache, env: process.env })
