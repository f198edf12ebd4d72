/** What the code below the entries needs of the outside world. The entries bind it: a terminal, a CI log, the Actions runner. */

/** Messages for people. Lines are single and free of secrets. */
export interface Log {
  debug(line: string): void
  info(line: string): void
  warn(line: string): void
}

/** Progress of one long task. `total` is in the same unit as `done`, and absent where it is not known. */
export interface Progress {
  /** `label` names the task ("packing", "pushing"); a later call with the same label replaces what is shown. */
  update(label: string, done: number, total?: number): void
  /** Ends the display of `label`. */
  end(label: string): void
}

export interface Ports {
  log: Log
  progress: Progress
  /** Environment variables, read only here and in the entries. */
  env: Readonly<Record<string, string | undefined>>
  /** Aborted on SIGINT or SIGTERM; everything long-running watches it. */
  signal: AbortSignal
}

export const silentLog: Log = { debug() {}, info() {}, warn() {} }
export const silentProgress: Progress = { update() {}, end() {} }
