import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { finish } from './phases/finish.ts'

const cli = fileURLToPath(new URL('../cli/index.js', import.meta.url))
await runPhase(finish, { mayFail: false, cli, cache: noCache, env: process.env })
