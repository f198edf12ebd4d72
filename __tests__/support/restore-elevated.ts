// A program for tests: restores a seed as root, through sudo, and prints the result, or the error as `{ error }`. It is
// interrupted as a phase of the action is.
import { restoreElevated, type ElevatedOptions } from '../../src/seed/elevated.ts'
import { SeedError } from '../../src/errors.ts'
import { silentProgress } from '../../src/ports.ts'

interface Request {
  reference: string
  options?: ElevatedOptions
}

const { reference, options = {} } = JSON.parse(process.argv[2] ?? '') as Request
const interrupted = new AbortController()
process.on('SIGTERM', () => interrupted.abort(new Error('stopped')))
const say = (line: string): void => console.error(line)
const ports = {
  log: { debug: say, info: say, warn: (line: string) => say(`warning: ${line}`) },
  progress: silentProgress,
  env: process.env,
  signal: interrupted.signal
}
// The command line from its sources: they run as they are, and are never behind.
const cli = `${import.meta.dirname}/../../src/cli.ts`
try {
  console.log(JSON.stringify(await restoreElevated(reference, options, cli, ports)))
} catch (error) {
  const known = error instanceof SeedError
  const { code, message, resource, hint } = known ? error : { code: 'DEFECT', message: String(error) }
  console.log(JSON.stringify({ error: { code, message, resource, hint, stack: (error as Error).stack } }))
}
