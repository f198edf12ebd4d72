import { describe, expect, test } from '@jest/globals'
import { drawBarChart, escapeXml, type BarChart } from '../../../bench/support/chart.ts'

const CHART: BarChart = {
  title: 'Ways & means',
  subtitle: 'seconds',
  groups: [
    {
      title: 'small',
      bars: [
        { label: 'limit', value: 1, text: '1.0 s', kind: 'limit' },
        { label: '<ours>', value: 2, text: '2.0 s', kind: 'own' },
        { label: 'theirs', value: 4, text: '4.0 s', kind: 'other' }
      ]
    },
    { title: 'large', bars: [{ label: 'ours', value: 100, text: '100 s', kind: 'own' }] }
  ]
}

const bars = (svg: string): number[] =>
  [...svg.matchAll(/<rect [^>]*?width="([\d.]+)"/g)].map(([, width]) => Number(width))

describe('a chart of bars', () => {
  const svg = drawBarChart(CHART)

  test('draws each group to a scale of its own', () => {
    const [limit = 0, ours = 0, theirs = 0, large = 0] = bars(svg)
    expect(ours / limit).toBeCloseTo(2, 1)
    expect(theirs / limit).toBeCloseTo(4, 1)
    expect(large).toBe(theirs)
  })

  test('keeps bars and their texts inside', () => {
    const width = Number(/width="(\d+)"/.exec(svg)?.[1])
    expect(Math.max(...bars(svg)) + 300).toBeLessThan(width)
    const height = Number(/height="(\d+)"/.exec(svg)?.[1])
    for (const [, y] of svg.matchAll(/ y="([\d.]+)"/g)) expect(Number(y)).toBeLessThan(height)
  })

  test('shows something of a bar of nothing', () => {
    const bar = { label: 'none', value: 0, text: '0 s', kind: 'own' } as const
    expect(bars(drawBarChart({ ...CHART, groups: [{ title: 'zero', bars: [bar] }] }))).toEqual([1])
  })

  test('is well-formed, says all in words too, and fetches nothing', () => {
    expect(svg).toContain('Ways &amp; means')
    expect(svg).toContain('small: limit 1.0 s; &lt;ours&gt; 2.0 s; theirs 4.0 s.')
    expect(svg).not.toMatch(/<ours>|href|url\(|@import|<script|<style/)
    const open = [...svg.matchAll(/<(svg|title|desc|text)\b/g)].length
    expect([...svg.matchAll(/<\/(svg|title|desc|text)>/g)]).toHaveLength(open)
  })

  // https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast; the dark background is a usual one.
  test.each(['#ffffff', '#0d1117'])('can be read on %s', background => {
    const fills = [...svg.matchAll(/<rect [^>]*fill="(#[0-9a-f]{6})"/g)].map(([, color]) => color ?? '')
    const ink = /<svg [^>]*fill="(#[0-9a-f]{6})"/.exec(svg)?.[1] ?? ''
    expect(new Set(fills).size).toBe(3)
    for (const fill of fills) expect(contrast(fill, background)).toBeGreaterThan(3)
    expect(contrast(ink, background)).toBeGreaterThan(4)
  })
})

test('what means something in XML is escaped', () => {
  expect(escapeXml(`a < b & "c" > d`)).toBe('a &lt; b &amp; &quot;c&quot; &gt; d')
})

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
