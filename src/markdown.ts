/** Text of others inside Markdown of ours. https://github.github.com/gfm/ */

/**
 * `text` so that Markdown shows it as it is, on one line: no formatting, links, mentions, HTML or cells of a table.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+\-!|~$]/g, character => `\\${character}`)
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\b(www)\./gi, '$1&#46;')
    .replace(/^(\d+)\./, '$1\\.')
}

/** `text` as code, which may stand in a table too. */
export function markdownCode(text: string): string {
  const line = oneLine(text).trim()
  if (line === '') return ''
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  // Rows are split at bars before code is looked for; a backslash keeps a bar, and goes.
  return `${fence}${pad}${line.replaceAll('|', '\\|')}${pad}${fence}`
}

/** A table; cells are Markdown already. `---:` aligns to the right. */
export function markdownTable(head: readonly string[], rule: readonly string[], rows: readonly string[][]): string {
  return [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** What breaks a line for Markdown or for a terminal becomes a space. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}
