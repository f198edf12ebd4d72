/** How a failure is told in the log of a CI service. */
import { SeedError, redactUrl } from './errors.ts'

export interface FailureText {
  title: string
  /** May have several lines. */
  message: string
  /** For the debug log alone; absent for failures that are understood. */
  stack?: string
}

/**
 * A failure as an annotation: what failed, on what, and what to do next. Anything but a SeedError is a defect of ours and
 * says so.
 */
export function annotationOf(error: unknown): FailureText {
  if (error instanceof SeedError) {
    const { message, resource, hint } = error
    const where = resource === undefined || message.includes(resource) ? '' : ` (${resource})`
    const next = hint === undefined ? '' : `\n${hint}`
    return { title: 'Nix Seed', message: `${capitalised(message)}${where}${next}` }
  }
  const what = Error.isError(error) ? `${error.name}: ${error.message.split('\n', 1)[0] ?? ''}` : String(error)
  return {
    title: 'Nix Seed: a defect',
    message:
      `Unexpected failure: ${redactUrl(what)}\n` +
      'This is a defect of Nix Seed. Run the job again with debug logging, and report what it prints.',
    stack: redactUrl(Error.isError(error) ? (error.stack ?? what) : what)
  }
}

/** Names of files and the like stay as they are written. */
function capitalised(text: string): string {
  return /^[a-z]+ /.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text
}
