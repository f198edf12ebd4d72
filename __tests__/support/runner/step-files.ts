/** The files of one step that it writes to for the runner, by their name in the context `github`. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FileCommandError, isBlocked, parseKeyValues, parsePaths, SUMMARY_LIMIT_BYTES } from './file-commands.ts'
import type { StepLog } from './step-log.ts'

export interface StepFiles {
  env: string
  path: string
  output: string
  state: string
  step_summary: string
}

export interface Written {
  env: Record<string, string>
  /** In the order of its lines. */
  path: string[]
  outputs: Record<string, string>
  state: Record<string, string>
  summary: string
}

/** Fresh files for one step, below `folder`. */
export function makeFiles(folder: string): StepFiles {
  const id = randomUUID()
  const files = {
    env: join(folder, `set_env_${id}`),
    path: join(folder, `add_path_${id}`),
    output: join(folder, `set_output_${id}`),
    state: join(folder, `save_state_${id}`),
    step_summary: join(folder, `step_summary_${id}`)
  }
  for (const file of Object.values(files)) writeFileSync(file, '')
  return files
}

/** Reads what a step wrote; what cannot be read fails it. */
export function readFiles(files: StepFiles, log: StepLog): Written {
  const pairs = (context: keyof StepFiles): Record<string, string> => {
    try {
      return Object.fromEntries(parseKeyValues(text(files[context])))
    } catch (error) {
      if (!(error instanceof FileCommandError)) throw error
      log.annotate('error', `Unable to process file command '${context}' successfully.`)
      log.annotate('error', error.message)
      log.failed = true
      return {}
    }
  }
  const env = pairs('env')
  for (const name of Object.keys(env).filter(isBlocked)) {
    log.annotate('error', `Can't store ${name} output parameter using '$GITHUB_ENV' command.`)
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete env[name]
  }
  let summary = text(files.step_summary)
  if (Buffer.byteLength(summary) > SUMMARY_LIMIT_BYTES) {
    log.annotate('error', `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k.`)
    summary = ''
  }
  return { env, path: parsePaths(text(files.path)), outputs: pairs('output'), state: pairs('state'), summary }
}

function text(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
