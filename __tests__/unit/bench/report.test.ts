import { describe, expect, test } from '@jest/globals'
import { format } from 'prettier'
import { GOALS, verdict } from '../../../bench/restore/goals.ts'
import { versionIn } from '../../../bench/restore/machine.ts'
import { drawPicture } from '../../../bench/restore/picture.ts'
import { goalsTable, sectionsOf, writeReport, type Comparison } from '../../../bench/restore/report.ts'
import { medianOf, ratioOf, WHAT, type Sample } from '../../../bench/restore/samples.ts'
import { parseSizes, SIZES, touchLeaf } from '../../../bench/restore/sizes.ts'
import { markdownTable } from '../../../bench/support/table.ts'

let run = 0
const sample = (what: Sample['what'], seconds: number, rest: Partial<Sample> = {}): Sample => ({
  size: '1 GB',
  link: 'loopback',
  what,
  run: ++run,
  seconds,
  cpuSeconds: seconds,
  peakBytes: 100e6,
  movedBytes: 350e6,
  ...rest
})
const samples = (what: Sample['what'], ...seconds: number[]): Sample[] => seconds.map(each => sample(what, each))

const SAMPLES = [
  ...samples(WHAT.plain, 1.1, 1, 9),
  ...samples(WHAT.mount, 1.2, 1.32, 1.5),
  ...samples(WHAT.tar, 6, 6, 7),
  sample(WHAT.unpack, 7, { peakBytes: 320e6 }),
  sample(WHAT.docker, 30, { size: '3.5 GB' }),
  sample(WHAT.mount, 2.5, { size: '3.5 GB' }),
  sample(WHAT.mount, 4, { link: '100 MB/s' }),
  sample(WHAT.plain, 4, { link: '100 MB/s' })
]

const goal = (text: string) => {
  const found = GOALS.find(({ measure }) => measure.includes(text))
  if (found === undefined) throw new Error(text)
  return { values: found.values(SAMPLES), verdict: verdict(found, found.values(SAMPLES)) }
}

describe('samples', () => {
  test('are told apart by size, row and link', () => {
    expect(medianOf(SAMPLES, '1 GB', WHAT.plain)).toBe(1.1)
    expect(medianOf(SAMPLES, '1 GB', WHAT.plain, '100 MB/s')).toBe(4)
    expect(medianOf(SAMPLES, '0.3 GB', WHAT.plain)).toBeUndefined()
    expect(medianOf(SAMPLES, '1 GB', WHAT.unpack, 'loopback', 'peakBytes')).toBe(320e6)
  })

  test('give ratios of medians, and none where one row is missing', () => {
    expect(ratioOf(SAMPLES, '1 GB', WHAT.mount, WHAT.plain)).toBeCloseTo(1.2)
    expect(ratioOf(SAMPLES, '3.5 GB', WHAT.mount, WHAT.plain)).toBeUndefined()
  })
})

describe('goals', () => {
  test('are met where every value keeps the bound', () => {
    expect(goal('plain download')).toEqual({ values: [{ where: '1 GB', value: expect.closeTo(1.2) }], verdict: 'yes' })
  })

  test.each([
    ['docker pull', 12],
    ['tar.zst extraction ÷ mounted', 4.545],
    ['unpacked restore', 1.167]
  ])('are not met: %s', (text, value) => {
    const { values, verdict } = goal(text)
    expect(verdict).toBe('no')
    expect(values).toContainEqual({ where: expect.any(String), value: expect.closeTo(value, 2) })
  })

  test('say where they are met, if that is not everywhere', () => {
    expect(goal('resident memory')).toEqual({
      values: [
        { where: '1 GB', value: 320 },
        { where: '3.5 GB', value: 100 }
      ],
      verdict: 'only 3.5 GB'
    })
  })

  test('that were not measured say so', () => {
    expect(goal('compile')).toEqual({ values: [], verdict: 'not measured' })
    expect(goalsTable([])).not.toMatch(/yes|no \|/)
  })

  test('have the bounds that the project has set itself', () => {
    expect(GOALS.map(({ kind, bound }) => `${kind} ${bound}`)).toEqual([
      'at most 1.3',
      'at least 15',
      'at least 5',
      'at most 1.1',
      'at most 2',
      'at most 1.1',
      'at most 0.1',
      'at most 300'
    ])
  })
})

const COMPARISON: Comparison = {
  date: '2026-01-31',
  runs: 3,
  minutes: 20,
  machine: {
    cores: 2,
    processor: 'CPU',
    memoryBytes: 8e9,
    kernel: '6.18.1',
    fileSystem: 'ext4',
    versions: { nix: '2.34' }
  },
  seeds: [
    {
      size: '1 GB',
      about: 'some packages',
      paths: 100,
      narBytes: 1.01e9,
      layers: 98,
      layerBytes: 350e6,
      erofsBytes: 380e6,
      archiveBytes: 340e6
    }
  ],
  samples: SAMPLES,
  omissions: ['1 GB: something'],
  amplifications: [{ update: 'a leaf', cases: 3, changedBytes: 5e6, plans: { other: 160.24, ours: 1.126 } }]
}

describe('the report', () => {
  const report = writeReport(COMPARISON)

  test('has a row for each way that was measured, with its ratios', () => {
    expect(report).toMatch(/^## 1 GB, loopback$/m)
    expect(report).toMatch(
      /^\| nix-seed restore, mounted +\| +1\.32 \| 1\.20 1\.32 1\.50 \| +1\.20 \| +1\.00 \| +350 MB \| +100 MB \|$/m
    )
    expect(report).toMatch(/^## 1 GB, a link of 100 MB\/s$/m)
    expect(report).not.toContain('podman pull')
  })

  test('leaves out what was not measured, and says so', () => {
    expect(report).not.toMatch(/^## (In the restored store|Publishing again|Time not spent)/m)
    expect(report).toMatch(/^- 1 GB: something$/m)
  })

  test('ends with the goals', () => {
    expect(report.trimEnd().endsWith(goalsTable(SAMPLES))).toBe(true)
    expect(report).toMatch(/^\| docker pull \(zstd\).* ≥ 15 \| 3\.5 GB: 12\.0 +\| no +\|$/m)
  })

  test('is formatted as all of the project', async () => {
    expect(await format(report, { parser: 'markdown', printWidth: 120 })).toBe(report)
  })
})

test('the picture has the same groups and ways', () => {
  const svg = drawPicture(COMPARISON)
  const [group] = sectionsOf(COMPARISON)
  expect(group?.ways).toEqual([WHAT.plain, WHAT.mount, WHAT.unpack, WHAT.tar])
  expect([...svg.matchAll(/<rect/g)]).toHaveLength(6)
  expect(svg).toContain('1.32 s, 1.2 × plain')
})

describe('sizes', () => {
  test('are chosen by number, in their order', () => {
    expect(parseSizes('3.5,0.3').map(({ name }) => name)).toEqual(['0.3 GB', '3.5 GB'])
    expect(parseSizes('1 GB, 3.5').map(({ name }) => name)).toEqual(['1 GB', '3.5 GB'])
    expect(() => parseSizes('1,2')).toThrow('there is no size 2 GB')
  })

  test('have two leaves that an update changes one by one', () => {
    for (const { contents } of SIZES) {
      const touched = touchLeaf(contents, 'tool', 7)
      expect(touched).not.toBe(contents)
      expect(touched).toContain('note 0')
      expect(touchLeaf(touched, 'tool', 0)).toBe(contents)
    }
  })
})

test('tables line up, and numbers stand right', () => {
  expect(
    markdownTable(
      ['what', 'n', { head: 'why', align: 'left' }],
      [
        ['a', '1', 'b'],
        ['long one', '22']
      ]
    )
  ).toBe(
    [
      '| what     |   n | why |',
      '| -------- | --: | --- |',
      '| a        |   1 | b   |',
      '| long one |  22 |     |'
    ].join('\n')
  )
})

test('versions are found in what programs say', () => {
  expect(versionIn('Docker version 28.5.2+dfsg4, build 9cc6')).toBe('28.5.2')
  expect(versionIn('none')).toBe('unknown')
})
