/** `action.yml` as the runner reads it, and the inputs of a step. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import { parse } from 'yaml'

export interface ActionFile {
  name: string
  inputs: Record<string, { default?: string; deprecationMessage?: string }>
  runs: { pre?: string; main: string; post?: string }
}

/** @param folder of the action */
export function readActionFile(folder: string): ActionFile {
  const file = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as Partial<ActionFile> | null
  if (file?.runs?.main === undefined) throw new Error(`${folder}/action.yml names no main`)
  const inputs = Object.entries(file.inputs ?? {}).map(([name, input]) => {
    // The runner takes every scalar for text.
    const value = (input as { default?: string | number | boolean } | null)?.default
    return [name.toLowerCase(), { ...input, ...(value !== undefined && { default: String(value) }) }] as const
  })
  return { name: file.name ?? '', inputs: Object.fromEntries(inputs), runs: file.runs }
}

export interface ResolvedInputs {
  values: Record<string, string>
  warnings: string[]
}

/** Inputs of a step over the defaults of the action, with their expressions evaluated. */
export function resolveInputs(
  action: ActionFile,
  given: Readonly<Record<string, string>>,
  contexts: Readonly<Record<string, unknown>>
): ResolvedInputs {
  const warnings: string[] = []
  const values: Record<string, string> = {}
  for (const [name, text] of Object.entries(given)) {
    values[name.toLowerCase()] = evaluateText(text, contexts)
    const message = action.inputs[name.toLowerCase()]?.deprecationMessage
    if (message !== undefined) warnings.push(`Input '${name}' has been deprecated with message: ${message}`)
  }
  const valid = Object.keys(action.inputs)
  const unexpected = Object.keys(values).filter(name => !valid.includes(name))
  if (unexpected.length > 0) {
    const names = (list: string[]) => `'${list.join("', '")}'`
    warnings.push(`Unexpected input(s) ${names(unexpected)}, valid inputs are [${names(valid)}]`)
  }
  for (const name of valid) values[name] ??= evaluateText(action.inputs[name]?.default ?? '', contexts)
  return { values, warnings }
}

/** Variables that the inputs become. */
export function inputVariables(values: Readonly<Record<string, string>>): Record<string, string> {
  const variables = Object.entries(values).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value
  ])
  return Object.fromEntries(variables)
}

/** `text` with each `${{ expression }}` in it replaced by its value. */
export function evaluateText(text: string, contexts: Readonly<Record<string, unknown>>): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const context = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
    const parsed = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse()
    return new Evaluator(parsed, context).evaluate().coerceString()
  })
}
