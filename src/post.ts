import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPhase } from './actions/phase.ts'
import { noCache } from './actions/runner.ts'
import { finish } from './phases/finish.ts'

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
await runPhase(finish, { mayFail: false, dist, cache: noCache, env: process.env })
