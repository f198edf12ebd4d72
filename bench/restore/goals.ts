/** What the project wants to reach, and whether it did. */
import { medianOf, ratioOf, WHAT, type Sample, type What } from './samples.ts'
import { SIZE_NAMES, type SizeName } from './sizes.ts'

export interface Goal {
  measure: string
  /** Whether the measure has to stay below the bound, or above it. */
  kind: 'at most' | 'at least'
  bound: number
  unit?: 'MB'
  /** What was measured, by where; a goal is met if each is. */
  values(samples: readonly Sample[]): Measured[]
}

export interface Measured {
  where: string
  value: number
}

/** What is ours and whose memory is bounded. A command of a project that runs in the seed is not. */
const OURS: readonly What[] = [WHAT.mount, WHAT.warm, WHAT.unpack, WHAT.publish, WHAT.reseedNote, WHAT.reseedTool]

export const GOALS: readonly Goal[] = [
  {
    measure: 'mounted restore ÷ plain download of the same bytes to disk',
    kind: 'at most',
    bound: 1.3,
    values: ratios(WHAT.mount, WHAT.plain)
  },
  {
    measure: 'docker pull (zstd) ÷ mounted restore, 3.5 GB',
    kind: 'at least',
    bound: 15,
    values: ratios(WHAT.docker, WHAT.mount, ['3.5 GB'])
  },
  {
    measure: 'tar.zst extraction ÷ mounted restore',
    kind: 'at least',
    bound: 5,
    values: ratios(WHAT.tar, WHAT.mount)
  },
  {
    measure: 'unpacked restore ÷ tar.zst extraction',
    kind: 'at most',
    bound: 1.1,
    values: ratios(WHAT.unpack, WHAT.tar)
  },
  {
    measure: 'mounted restore of 3.5 GB ÷ of 0.3 GB, time not spent on bytes',
    kind: 'at most',
    bound: 2,
    values: samples => {
      const [small, large] = [medianOf(samples, '0.3 GB', WHAT.warm), medianOf(samples, '3.5 GB', WHAT.warm)]
      return small === undefined || large === undefined ? [] : [{ where: '3.5 GB ÷ 0.3 GB', value: large / small }]
    }
  },
  {
    measure: 'cold compile in the mounted store ÷ in an unpacked store',
    kind: 'at most',
    bound: 1.1,
    values: ratios(WHAT.compileMounted, WHAT.compileUnpacked)
  },
  {
    measure: 'publish after one leaf changed ÷ first publish, time',
    kind: 'at most',
    bound: 0.1,
    values: ratios(WHAT.reseedTool, WHAT.publish)
  },
  {
    measure: 'resident memory of nix-seed, at most',
    kind: 'at most',
    bound: 300,
    unit: 'MB',
    values: samples =>
      SIZE_NAMES.flatMap(size => {
        const own = samples.filter(each => each.size === size && OURS.includes(each.what))
        return own.length === 0 ? [] : [{ where: size, value: Math.max(...own.map(each => each.peakBytes)) / 1e6 }]
      })
  }
]

function ratios(above: What, below: What, sizes: readonly SizeName[] = SIZE_NAMES) {
  return (samples: readonly Sample[]): Measured[] =>
    sizes.flatMap(where => {
      const value = ratioOf(samples, where, above, below)
      return value === undefined ? [] : [{ where, value }]
    })
}

/** `yes`, `no`, where it is met if that is not everywhere, or that it was not measured. */
export function verdict({ kind, bound }: Goal, values: readonly Measured[]): string {
  const met = values.filter(({ value }) => (kind === 'at most' ? value <= bound : value >= bound))
  if (values.length === 0) return 'not measured'
  if (met.length === values.length) return 'yes'
  return met.length === 0 ? 'no' : `only ${met.map(({ where }) => where).join(', ')}`
}
