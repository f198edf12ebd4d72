import { describe, expect, test } from '@jest/globals'
import { renderSummary, type Report, type ReportedCoverage } from '../../src/report.ts'
import type { SavedVerification } from '../../src/state.ts'
import { parseMarkdown, type MarkdownNode } from '../support/markdown.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

const hit: Report = {
  mode: 'restore',
  system: 'x86_64-linux',
  outcome: 'hit',
  strategy: 'unpack',
  nixVersion: '2.34.8',
  seed: { reference: `ghcr.io/o/r/seed@${DIGEST}`, bytes: 1_200_000_000, milliseconds: 10_000, paths: 451, layers: 90 },
  steps: [
    { name: 'Find the pinned seed', outcome: 'done', milliseconds: 420 },
    { name: 'Restore the seed', outcome: 'done', milliseconds: 10_000, detail: '451 store paths' }
  ],
  warnings: []
}

const none: Report = {
  mode: 'restore',
  system: 'x86_64-linux',
  outcome: 'miss',
  reason: 'the flake has no input seed-self',
  strategy: 'install',
  steps: [],
  warnings: []
}

const coverage: ReportedCoverage = {
  percent: 99,
  fromSeed: 451,
  fromSeedBytes: 3_000_000_000,
  beside: 2,
  besideBytes: 260_000_000,
  unknown: 0,
  largest: []
}

const headline = (report: Report): string => renderSummary(report).split('\n', 1)[0] ?? ''

/** Rows of every table, as plain text. */
async function tables(report: Report): Promise<string[][][]> {
  const { children = [] } = await parseMarkdown(renderSummary(report))
  const found = children.filter(({ type }) => type === 'table')
  return found.map(({ children: rows = [] }) => rows.map(({ children: cells = [] }) => cells.map(plain)))
}

function plain({ value, children = [] }: MarkdownNode): string {
  return value ?? children.map(plain).join('')
}

describe('a job that starts from its seed', () => {
  test('says so in a sentence', () => {
    expect(headline(hit)).toBe('### Nix Seed: restored the seed in 10.0 s')
    expect(headline({ ...hit, outcome: 'stale' })).toBe('### Nix Seed: restored a stale seed in 10.0 s')
  })

  test('names the seed, bytes and speed, and times every step', async () => {
    const [facts, steps] = await tables(hit)
    expect(facts).toEqual([
      ['', ''],
      ['System', 'x86_64-linux'],
      ['Seed', `ghcr.io/o/r/seed@${DIGEST}`],
      ['Restored', '451 store paths from 90 layers, 1.20 GB in 10.0 s, 120 MB/s'],
      ['Nix', '2.34.8 (comes with the seed)']
    ])
    expect(steps).toEqual([
      ['Step', 'Time', ''],
      ['Find the pinned seed', '0.42 s', ''],
      ['Restore the seed', '10.0 s', '451 store paths']
    ])
  })

  test('tells how it came there, for what, and what the machine had of it', async () => {
    const seed = {
      ...hit.seed!,
      strategy: 'mount' as const,
      why: 'this machine mounts <EROFS>',
      cached: 300_000_000,
      selected: ['devShells.x86_64-linux.default', 'packages.x86_64-linux.a|b']
    }
    const [facts] = await tables({ ...hit, strategy: 'mount', seed })
    expect(facts?.slice(3, 6)).toEqual([
      ['Restored', '451 store paths from 90 layers, 1.20 GB (and 300 MB from the machine’s cache) in 10.0 s, 120 MB/s'],
      ['For', 'devShells.x86_64-linux.default packages.x86_64-linux.a|b'],
      ['Strategy', 'mounted: this machine mounts <EROFS>']
    ])
    const [unpacked] = await tables({ ...hit, seed: { ...hit.seed!, strategy: 'unpack', why: 'it is asked for' } })
    expect(unpacked).toContainEqual(['Strategy', 'unpacked: it is asked for'])
  })

  test('tells its coverage, with the largest paths beside the seed', async () => {
    const largest = [{ path: 'abc-gcc_x-14', bytes: 250_000_000 }]
    const report = { ...hit, coverage: { ...coverage, largest } }
    expect(renderSummary(report)).toContain(
      '**Coverage 99 %**: 451 store paths (3.00 GB) came from the seed, 2 beside it (260 MB).'
    )
    expect((await tables(report))[1]).toEqual([
      ['Largest beside the seed', 'Size'],
      ['abc-gcc_x-14', '250 MB']
    ])
  })

  test('has no table of paths where all came from the seed', async () => {
    const all = { ...coverage, percent: 100, fromSeed: 3, fromSeedBytes: 0, beside: 0, besideBytes: 0 }
    const report = { ...hit, coverage: all }
    expect(renderSummary(report)).toContain('**Coverage 100 %**: 3 store paths came from the seed, 0 beside it.')
    expect(await tables(report)).toHaveLength(2)
  })

  test('divides by no time', async () => {
    const report = { ...hit, seed: { ...hit.seed!, bytes: 0, milliseconds: 0 } }
    expect((await tables(report))[0]).toContainEqual(['Restored', '451 store paths from 90 layers, 0 B in 0.00 s'])
  })
})

describe('a job without a seed', () => {
  test.each([
    ['install', 'no seed; Nix was installed'],
    ['present', 'no seed; Nix was there already'],
    ['none', 'no seed; Nix is not set up']
  ] as const)('%s', (strategy, said) => {
    expect(headline({ ...none, strategy })).toBe(`### Nix Seed: ${said}`)
  })

  test('says why', async () => {
    expect((await tables(none))[0]).toContainEqual(['Why no hit', 'the flake has no input seed-self'])
  })
})

test('a job in its seed says so', () => {
  expect(headline({ ...none, outcome: 'container', strategy: 'container' })).toBe(
    '### Nix Seed: the job runs in its seed'
  )
})

describe('a job that makes a seed', () => {
  const published = { reference: `ghcr.io/o/r/seed@${DIGEST}`, reused: false, paths: 9, layers: 4, bytes: 5_000_000 }
  const report: Report = { ...hit, mode: 'seed', published }

  test.each([
    [undefined, 'a new seed is published'],
    ['created', 'a new seed is published and proposed'],
    ['updated', 'a new seed is published and its pull request open'],
    ['unchanged', 'a new seed is published and its pull request open'],
    ['closed', 'a new seed is published, its pull request closed'],
    ['none', 'a new seed is published']
  ] as const)('with a pull request %s', (operation, said) => {
    const pullRequest = operation === undefined ? {} : { pullRequest: { operation, number: 7 } }
    expect(headline({ ...report, ...pullRequest })).toBe(`### Nix Seed: ${said}`)
  })

  test('links the pull request', async () => {
    const pullRequest = { operation: 'created', number: 7, url: 'https://github.com/o/r/pull/7' } as const
    expect(renderSummary({ ...report, pullRequest })).toContain('| [#7](https://github.com/o/r/pull/7) created |')
    expect((await tables({ ...report, pullRequest }))[0]).toContainEqual([
      'Content',
      '9 store paths, 4 layers, 5.00 MB'
    ])
  })

  test('does not link what is no plain address', () => {
    const pullRequest = { operation: 'updated', number: 7, url: 'https://x/)|<b>' } as const
    expect(renderSummary({ ...report, pullRequest })).toContain('| #7 updated |')
  })

  describe('tells who signed it', () => {
    const signed = {
      kind: 'signed',
      attestation: `sha256:${'b'.repeat(64)}`,
      builderId: 'https://example.org/builders/ci',
      bundle: '/temp/bundle.json',
      sbom: '/temp/sbom.json'
    } as const
    const rows = async (more: Partial<Report>): Promise<string[][]> =>
      (await tables({ ...report, ...more }))[0]!.slice(-4)

    test('with identity, issuer and place in the log', async () => {
      const signature = {
        ...signed,
        identity: 'https://github.com/o/r/.github/workflows/seed.yml@refs/heads/main',
        issuer: 'https://token.actions.githubusercontent.com',
        logIndex: '1234',
        logUrl: 'https://search.sigstore.dev/?logIndex=1234'
      }
      expect(await rows({ signature })).toEqual([
        ['Signed by', signature.identity],
        ['Issuer', signature.issuer],
        ['Log entry', '1234'],
        ['Attestation', signed.attestation]
      ])
      expect(renderSummary({ ...report, signature })).toContain('[`1234`](https://search.sigstore.dev/?logIndex=1234)')
    })

    test('with a key', async () => {
      expect((await rows({ signature: signed })).slice(-2)).toEqual([
        ['Signed by', signed.builderId],
        ['Attestation', signed.attestation]
      ])
    })

    test('where that was an earlier run, nobody, or nobody in spite of what was asked', async () => {
      const earlier = { kind: 'earlier', attestation: signed.attestation } as const
      expect((await rows({ signature: earlier })).at(-1)).toEqual([
        'Signed',
        `not by this run; a provenance is attached (not verified here): ${signed.attestation}`
      ])
      expect((await rows({ signature: { kind: 'none' } })).at(-1)).toEqual(['Signed', 'no, as the workflow wants it'])
      expect((await rows({})).at(-1)).toEqual(['Signed', 'no: nothing leads to it'])
    })

    test('and shows names as names alone', async () => {
      const evil = '`|</td> [a](https://evil.example)'
      const signature = { ...signed, identity: evil, issuer: evil, logIndex: evil, logUrl: 'https://x/)|<b>' }
      const kinds = new Set<string>()
      const visit = ({ type, children = [] }: MarkdownNode): void => {
        kinds.add(type)
        children.forEach(visit)
      }
      visit(await parseMarkdown(renderSummary({ ...report, signature })))
      for (const kind of ['html', 'link', 'image']) expect([...kinds]).not.toContain(kind)
      expect(new Set((await tables({ ...report, signature }))[0]!.map(row => row.length))).toEqual(new Set([2]))
    })
  })

  test('says what is the same', async () => {
    const reused = { ...report, published: { ...published, reused: true } }
    expect(headline(reused)).toBe('### Nix Seed: the seed is unchanged')
    const names = (await tables(reused))[0]!.map(([name]) => name)
    expect(names).toContain('Unchanged')
    expect(names).not.toContain('Content')
  })
})

describe('a job that failed', () => {
  test('says what failed and what to do, first of all', () => {
    const text = renderSummary({
      ...none,
      error: { code: 'DISK_FULL', message: 'the disk is full', hint: 'Make room.' }
    })
    expect(text).toMatch(/^### Nix Seed: failed\n\n> \*\*the disk is full\*\* {2}\n> Make room\.\n\n/)
  })

  test('shows steps that failed or were skipped', async () => {
    const steps: Report['steps'] = [
      { name: 'A', outcome: 'failed', milliseconds: 12_000, detail: 'why' },
      { name: 'B', outcome: 'skipped', milliseconds: 0, detail: 'a fork' },
      { name: 'C', outcome: 'skipped', milliseconds: 0 }
    ]
    expect((await tables({ ...none, steps }))[1]!.slice(1)).toEqual([
      ['A', '12.0 s', 'failed: why'],
      ['B', '', 'skipped: a fork'],
      ['C', '', 'skipped']
    ])
  })
})

test('warnings are listed, up to a number that people read', () => {
  const text = renderSummary({ ...none, warnings: Array.from({ length: 25 }, (_, i) => `warning *${i}*`) })
  expect(text).toContain('\n- warning \\*0\\*\n')
  expect(text).toContain('\n- and 5 more, see the log\n')
  expect(text.match(/^- warning/gm)).toHaveLength(20)
})

test('text from elsewhere is shown and has no other effect', async () => {
  const evil = '</td><img src=x> [a](https://evil.example) | `b` @octo\n# Heading'
  const report: Report = {
    ...hit,
    outcome: 'stale',
    reason: evil,
    steps: [{ name: evil, outcome: 'failed', milliseconds: 1, detail: evil }],
    warnings: [evil],
    error: { message: evil, hint: evil },
    coverage: { ...coverage, largest: [{ path: evil, bytes: 1 }] }
  }
  const document = await parseMarkdown(renderSummary(report))
  const kinds = new Set<string>()
  const visit = (node: MarkdownNode): void => {
    kinds.add(node.type)
    node.children?.forEach(visit)
  }
  visit(document)
  for (const kind of ['html', 'link', 'image', 'linkReference']) expect([...kinds]).not.toContain(kind)
  expect(document.children!.filter(({ type }) => type === 'heading')).toHaveLength(1)
  expect(document.children!.filter(({ type }) => type === 'table')).toHaveLength(3)
  for (const table of await tables(report)) expect(new Set(table.map(row => row.length)).size).toBe(1)
})

test('paths that Nix could not be asked about are counted', () => {
  expect(renderSummary({ ...hit, coverage: { ...coverage, unknown: 7 } })).toContain(
    '2 beside it (260 MB). There are 7 more that Nix could not be asked about.'
  )
})

test('without a seed there is no coverage to boast of', () => {
  const text = renderSummary({ ...none, coverage: { ...coverage, percent: 100, fromSeed: 0, fromSeedBytes: 0 } })
  expect(text).toContain('**Without a seed**: 2 store paths were fetched or built (260 MB).')
  expect(text).not.toContain('100 %')
})

test.each([
  [{ operation: 'none' } as const, 'none is needed'],
  [
    { operation: 'none', url: 'https://github.com/o/r/compare/main...update-seed?expand=1' } as const,
    'could not be opened, [open it by hand](https://github.com/o/r/compare/main...update-seed?expand=1)'
  ],
  [{ operation: 'none', url: 'https://github.com/o/r/compare/a)b' } as const, 'could not be opened, open it by hand']
])('a pull request that is not there is explained: %j', (pullRequest, cell) => {
  expect(renderSummary({ ...hit, mode: 'seed', pullRequest })).toContain(`| Pull request | ${cell} |`)
})

describe('what a policy has said', () => {
  const verification: SavedVerification = {
    reference: `ghcr.io/o/r/seed@${DIGEST}`,
    lockKey: '0'.repeat(64),
    verified: false,
    reason: '1 of 2 builders attested this digest: a; 1 more is needed, from: <b>',
    builders: ['a'],
    bundles: [
      { who: 'a', verdict: 'counted', message: 'counts' },
      { who: '`|</details>', verdict: 'refused', message: '**bad** <script>' }
    ],
    others: 3
  }

  test('stands in a sentence, with what became of each attestation folded', async () => {
    const text = renderSummary({ ...hit, verifications: [verification] })
    expect(text).toContain(
      '**Not verified**: 1 of 2 builders attested this digest: a; 1 more is needed, from: &lt;b&gt;'
    )
    expect(text).toContain('<details><summary>5 attestations</summary>')
    expect(text).toContain('and 3 more, see the log')
    expect(text).not.toContain('<script>')
    expect(text.match(/<\/details>\n/g)).toHaveLength(1)
    expect((await tables({ ...hit, verifications: [verification] }))[1]).toEqual([
      ['Builder', '', ''],
      ['a', 'counts', 'counts'],
      ['`|</details>', 'refused', '**bad** <script>']
    ])
    expect(renderSummary({ ...hit, verifications: [{ ...verification, verified: true, bundles: [] }] })).toContain(
      '**Verified**: '
    )
  })

  test('is in the headline where a seed waits, or seeds are promoted', () => {
    const published = { reference: verification.reference, reused: false, paths: 1, layers: 1, bytes: 1 }
    expect(headline({ ...hit, mode: 'seed', published, isCandidate: true })).toBe(
      '### Nix Seed: a new seed is published and waits for other builders'
    )
    const promote: Report = { mode: 'promote', system: 'x86_64-linux', strategy: 'none', steps: [], warnings: [] }
    expect(headline(promote)).toBe('### Nix Seed: nothing is promoted')
    const pullRequest = { operation: 'created', number: 7 } as const
    expect(headline({ ...promote, promoted: ['x86_64-linux'], pullRequest })).toBe(
      '### Nix Seed: promoted x86_64-linux and proposed'
    )
    // Of no concern to it.
    expect(renderSummary(promote)).not.toMatch(/System|Nix \|/)
  })
})
