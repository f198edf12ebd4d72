import { fileURLToPath } from 'node:url'
import { actionsCache } from './actions/cache.ts'
import { runPhase } from './actions/phase.ts'
import { run } from './phases/run.ts'

const cli = fileURLToPath(new URL('../cli/index.js', import.meta.url))
await runPhase(run, { mayFail: true, cli, cache: actionsCache(), env: process.env })
