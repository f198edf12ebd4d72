import { exitCode, SeedError } from '../../src/errors.ts'

/**
 * Says what failed and what to do, and sets the exit code. For the end of a program.
 *
 * @throws what is no failure of a known kind
 */
export function fail(error: unknown): void {
  if (!(error instanceof SeedError)) throw error
  const lines = [error.message, error.resource, error.hint].filter(line => line !== undefined)
  process.stderr.write(lines.map(line => `packages: ${line}\n`).join(''))
  process.exitCode = exitCode(error.code)
}
