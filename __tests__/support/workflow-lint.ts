import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Complaint, LintRequest } from './workflow-linter.ts'

/** What GitHub's parsers and actionlint say about an action and workflows; nothing if all is well. */
export async function lintWorkflows(request: LintRequest): Promise<Complaint[]> {
  const program = join(import.meta.dirname, 'workflow-linter.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    stdio: ['pipe', 'pipe', 'pipe']
  })
  child.stdin.end(JSON.stringify(request))
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`the linter failed: ${errors}`)
  return JSON.parse(output) as Complaint[]
}
