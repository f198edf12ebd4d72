/** Entry of the command line: binds the process to the program. */
import { runProgram } from './cli/program.ts'
import { VERSION } from './version.ts'

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // A second one means: at once.
    if (interrupted.signal.aborted) process.exit(130)
    interrupted.abort(new Error(`stopped by ${name}`))
  })
}
// A reader that goes away (`nix-seed inspect … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

const code = await runProgram(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  version: VERSION,
  signal: interrupted.signal,
  stdout: process.stdout,
  stderr: process.stderr
})
process.exitCode = interrupted.signal.aborted && code !== 0 ? 130 : code
