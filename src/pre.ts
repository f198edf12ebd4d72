import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { begin } from './phases/begin.ts'

const cli = fileURLToPath(new URL('../cli/index.js', import.meta.url))
await runPhase(begin, { mayFail: false, cli, cache: noCache, env: process.env })
