/** Horizontal bars as an SVG: one file, no fonts or scripts, and readable on white and on dark. */

export interface BarChart {
  title: string
  /** What the numbers are, below the title. */
  subtitle: string
  groups: readonly BarGroup[]
}

/** Bars that are drawn to one scale. Another group has another. */
export interface BarGroup {
  title: string
  bars: readonly Bar[]
}

export interface Bar {
  label: string
  value: number
  /** What stands at its end. */
  text: string
  kind: BarKind
}

/** What a bar is: ours, the limit that all are held against, or another's. */
export type BarKind = 'own' | 'limit' | 'other'

// As dark on white as they are light on black: a contrast of at least 3 for bars, and 4.5 for text, on either.
const FILL: Readonly<Record<BarKind, string>> = { own: '#1f8a70', limit: '#8a8f98', other: '#4f7cc4' }
const INK = '#767676'

const WIDTH = 860
const LABEL_WIDTH = 300
const TEXT_WIDTH = 165
const BAR_HEIGHT = 16
const ROW_HEIGHT = 22
const HEAD_HEIGHT = 58
const GROUP_HEAD_HEIGHT = 36

export function drawBarChart({ title, subtitle, groups }: BarChart): string {
  let top = HEAD_HEIGHT
  const drawn = groups.map(group => {
    const lines = drawGroup(group, top)
    top += GROUP_HEAD_HEIGHT + group.bars.length * ROW_HEIGHT
    return lines
  })
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 12}" width="${WIDTH}" height="${top + 12}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(describe(groups))}</desc>`,
    text(0, 20, title, 'font-size="17" font-weight="600"'),
    text(0, 42, subtitle),
    ...drawn.flat(),
    '</svg>'
  ].join('\n')}\n`
}

function drawGroup({ title, bars }: BarGroup, top: number): string[] {
  const most = Math.max(...bars.map(({ value }) => value))
  const room = WIDTH - LABEL_WIDTH - TEXT_WIDTH
  const rows = bars.flatMap((bar, at) => {
    const y = top + GROUP_HEAD_HEIGHT + at * ROW_HEIGHT
    // Something is to be seen of every bar.
    const width = Math.max(1, most > 0 ? (bar.value / most) * room : 0)
    const middle = y + BAR_HEIGHT / 2 + 4.5
    return [
      text(LABEL_WIDTH - 10, middle, bar.label, `text-anchor="end"${bar.kind === 'own' ? ' font-weight="600"' : ''}`),
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${round(width)}" height="${BAR_HEIGHT}" rx="2" fill="${FILL[bar.kind]}"/>`,
      text(round(LABEL_WIDTH + width + 8), middle, bar.text)
    ]
  })
  return [text(0, top + 22, title, 'font-weight="600"'), ...rows]
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escapeXml(content)}</text>`
}

/** All of it in words, for those who do not see it. */
function describe(groups: readonly BarGroup[]): string {
  return groups
    .map(({ title, bars }) => `${title}: ${bars.map(bar => `${bar.label} ${bar.text}`).join('; ')}.`)
    .join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

export function escapeXml(value: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return value.replace(/[&<>"]/g, char => names[char] ?? char)
}
