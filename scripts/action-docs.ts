// Writes the tables of inputs and outputs in README.md, from action.yml. With --check it compares instead.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

interface Described {
  description: string
  default?: string
}

export interface ActionTables {
  inputs: Record<string, Described>
  outputs: Record<string, Described>
}

/** @returns the lines of each table, by the name of its section */
export function renderTables({ inputs, outputs }: ActionTables): Record<'inputs' | 'outputs', string> {
  return {
    inputs: [
      '| input | default | what it is |',
      '| --- | --- | --- |',
      ...Object.entries(inputs).map(([name, input]) => row(`\`${name}\``, code(input.default), input.description))
    ].join('\n'),
    outputs: [
      '| output | what it is |',
      '| --- | --- |',
      ...Object.entries(outputs).map(([name, { description }]) => row(`\`${name}\``, description))
    ].join('\n')
  }
}

/**
 * Puts each table between `<!-- NAME -->` and `<!-- /NAME -->`. Prettier is kept off: it would fill every row up to the
 * longest one.
 *
 * @throws Error if a marker is missing
 */
export function withTables(readme: string, action: ActionTables): string {
  return Object.entries(renderTables(action)).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
    const [from, to] = [text.indexOf(start), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`README.md: ${start} and ${end} are to hold a table of action.yml`)
    const section = ['<!-- made from action.yml by npm run format -->', '<!-- prettier-ignore-start -->', '', table, '']
    return `${text.slice(0, from)}${[start, ...section, '<!-- prettier-ignore-end -->'].join('\n')}\n${text.slice(to)}`
  }, readme)
}

function row(...cells: string[]): string {
  return `| ${cells.map(cell => cell.trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text = ''): string {
  return text === '' ? '' : `\`${text}\``
}

function main(args: readonly string[]): number {
  const root = dirname(import.meta.dirname)
  const file = join(root, 'README.md')
  const before = readFileSync(file, 'utf8')
  const after = withTables(before, parse(readFileSync(join(root, 'action.yml'), 'utf8')) as ActionTables)
  if (args.includes('--check')) {
    if (after === before) return 0
    console.error('README.md: the tables are not those of action.yml; run `npm run format` and commit it.')
    return 1
  }
  if (after !== before) writeFileSync(file, after)
  return 0
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
