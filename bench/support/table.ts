/** Tables in Markdown. */

export interface Column {
  head: string
  align?: 'left' | 'right'
}

/** @param columns the first is aligned left and all others right, unless they say otherwise */
export function markdownTable(columns: readonly (Column | string)[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map(column => (typeof column === 'string' ? { head: column } : column))
  const rights = heads.map(({ align }, at) => (align ?? (at === 0 ? 'left' : 'right')) === 'right')
  const widths = heads.map(({ head }, at) => Math.max(3, head.length, ...rows.map(row => (row[at] ?? '').length)))
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, at) => {
      const cell = cells[at] ?? ''
      return rights[at] ? cell.padStart(width) : cell.padEnd(width)
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, at) => (rights[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))
  return [line(heads.map(({ head }) => head)), line(rule), ...rows.map(line)].join('\n')
}
