/** The results as a chart. */
import { drawBarChart, type BarKind } from '../support/chart.ts'
import { sectionsOf, type Comparison } from './report.ts'
import { medianOf, WHAT, type What } from './samples.ts'

const OWN: readonly What[] = [WHAT.mount, WHAT.unpack]

export function drawPicture(comparison: Comparison): string {
  const { samples, machine, runs } = comparison
  return drawBarChart({
    title: 'From a registry to a store that can be used',
    subtitle: `seconds, medians of ${runs}, cold, ${machine.cores} cores; each group has a scale of its own`,
    groups: sectionsOf(comparison).map(({ size, link, title, ways }) => {
      const plain = medianOf(samples, size, WHAT.plain, link)
      return {
        title,
        bars: ways.map(what => {
          const value = medianOf(samples, size, what, link) ?? 0
          const ratio = plain === undefined || what === WHAT.plain ? '' : `, ${(value / plain).toFixed(1)} × plain`
          return { label: what, value, text: `${value.toFixed(value < 10 ? 2 : 1)} s${ratio}`, kind: kindOf(what) }
        })
      }
    })
  })
}

function kindOf(what: What): BarKind {
  if (what === WHAT.plain) return 'limit'
  return OWN.includes(what) ? 'own' : 'other'
}
