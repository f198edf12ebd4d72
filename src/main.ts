import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { actionsCache } from './actions/cache.ts'
import { runPhase } from './actions/phase.ts'
import { run } from './phases/run.ts'

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
await runPhase(run, { mayFail: true, dist, cache: actionsCache(), env: process.env })
