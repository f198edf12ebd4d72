import { describe, expect, test } from '@jest/globals'
import {
  commitMessage,
  pullRequestBody,
  pullRequestTitle,
  type AnnouncedSignature,
  type AnnouncedSystem
} from '../../../src/seed/announcement.ts'
import type { PackageDifference, SeedDifference } from '../../../src/seed/difference.ts'
import type { PinnedSeed } from '../../../src/seed/pin.ts'

const GITHUB_LIMIT = 65_536
const base = { ref: 'main', oid: 'abcdef0123456789abcdef0123456789abcdef01' }

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const seed = (digit: string): PinnedSeed => ({
  image: `ghcr.io/org/app/seed@${digest(digit)}`,
  lockKey: digit.repeat(64),
  closure: digest(digit)
})
const change = (name: string, before: string[], after: string[]): PackageDifference => ({
  name,
  before,
  after,
  narBytesBefore: 1,
  narBytesAfter: 2
})
const difference = (changes: Partial<SeedDifference> = {}): SeedDifference => ({
  changed: [],
  added: [],
  removed: [],
  rebuilt: [],
  paths: { before: 1366, after: 1370, added: 14, removed: 10 },
  narBytes: { before: 3.5e9, after: 3.6e9 },
  layers: { before: 90, after: 91, reused: 85 },
  bytes: { before: 870e6, after: 881e6, toPull: 35.2e6 },
  ...changes
})
const updated = (changes?: Partial<SeedDifference>): AnnouncedSystem => ({
  system: 'x86_64-linux',
  before: seed('1'),
  after: seed('2'),
  difference: difference(changes)
})
const bodyOf = (...systems: AnnouncedSystem[]) => pullRequestBody({ base, systems })

describe('the body of a pull request', () => {
  test('shows what a reviewer wants to know', () => {
    const body = pullRequestBody({
      base,
      source: { runUrl: 'https://github.com/org/app/actions/runs/5' },
      systems: [
        updated({
          changed: [change('openssl', ['3.0.15'], ['3.0.16']), change('curl', ['8.9'], ['8.10', '8.9'])],
          added: [change('new', [], [''])],
          removed: [change('old', ['1', '2', '3', '4', '5', '6'], [])],
          rebuilt: [change('zlib', ['1.3'], ['1.3'])]
        })
      ]
    })
    expect(body).toBe(`This has the project's CI jobs start from a new seed, the image of everything they need before \
they can build. It goes on top of \`main\` at \`abcdef012345\`, and changes only the node of \`seed-self\` in \
\`flake.lock\`. [This run](https://github.com/org/app/actions/runs/5) proposed it.

### \`x86_64-linux\`

| | old | new |
| --- | --- | --- |
| image | \`ghcr.io/org/app/seed\` | \`ghcr.io/org/app/seed\` |
| digest | \`${digest('1')}\` | \`${digest('2')}\` |
| store paths | 1,366 | 1,370 |
| unpacked | 3.50 GB | 3.60 GB |
| layers | 90 | 91, 85 of them reused |
| to download | 870 MB | 881 MB |
| to download beside the old |  | 35.2 MB |

Store paths: 14 new, 10 gone. Packages: 2 changed in version, 1 added, 1 removed, 1 rebuilt with the same version.

**Changed in version**

- \`openssl: 3.0.15 → 3.0.16\`
- \`curl: 8.9 → 8.10, 8.9\`

**Added**

- \`new: no version\`

**Removed**

- \`old: 1, 2, 3, 4 and 2 more\`

**Rebuilt**

<details><summary>1 package</summary>

- \`zlib: 1.3\`

</details>

### Check it yourself

\`flake.lock\` pins a commit of the branch \`nix-seed\` by its hash, and its \`seed.json\` pins the image by its digest. \
In a checkout of this pull request:

\`\`\`sh
nix flake metadata   # what seed-self is locked to
nix-seed inspect ghcr.io/org/app/seed@${digest('2')}
\`\`\`
`)
  })

  test('of a first seed compares with nothing', () => {
    const first = difference({
      added: [change('bash', [], ['5.2'])],
      paths: { before: 0, after: 5, added: 5, removed: 0 }
    })
    const body = bodyOf({ system: 'x86_64-linux', after: seed('2'), difference: first })
    expect(body).toContain(`| digest | none | \`${digest('2')}\` |\n| store paths |  | 5 |\n`)
    expect(body).not.toMatch(/reused|beside the old|bash|could not be read/)
  })

  test('says so where images could not be read', () => {
    const { difference: known, ...unread } = updated()
    expect(bodyOf(unread)).toMatch(/\| digest \| .*1` \| .*2` \|\n\nThe images could not be read/)
    const old = { ...(known as SeedDifference), paths: { before: 0, after: 5, added: 5, removed: 0 } }
    const body = bodyOf({ ...unread, difference: old })
    expect(body).toContain('The old image could not be read')
    expect(body).toContain('| store paths |  | 5 |')
    expect(body).not.toMatch(/reused|gone/)
  })

  test('says so where only the packing differs', () => {
    const body = bodyOf(updated({ paths: { before: 5, after: 5, added: 0, removed: 0 } }))
    expect(body).toContain('Both hold the same store paths.')
  })

  test('has a section and a command for each system', () => {
    const body = bodyOf(updated(), { ...updated(), system: 'aarch64-linux', after: seed('3') })
    expect(body.match(/^### .*$/gm)).toEqual(['### `x86_64-linux`', '### `aarch64-linux`', '### Check it yourself'])
    expect(body.match(/^nix-seed inspect .*$/gm)).toHaveLength(2)
  })

  test('folds long lists and counts what is left out', () => {
    const many = Array.from({ length: 1000 }, (_, i) => change(`package${i}`, ['1'], ['2']))
    const body = bodyOf(updated({ changed: many }))
    const [open = '', folded = ''] = body.split('<details><summary>980 more</summary>')
    expect(open.match(/^- `package/gm)).toHaveLength(20)
    expect(folded.match(/^- `package/gm)).toHaveLength(380)
    expect(folded).toMatch(/^- and 600 more\n\n<\/details>$/m)
    const short = bodyOf(updated({ changed: many.slice(0, 25) }))
    expect(short).not.toContain('<details>')
    expect(short).toContain('10 gone. Packages: 25 changed in version.\n')
  })

  test.each([
    ['many packages with long names', [updated(wide(3000, 200, 'x'))]],
    ['names that are all escaped', [updated(wide(3000, 200, '`'))]],
    ['names of characters that are two units long', [updated(wide(3000, 200, '\u{1f600}'))]],
    ['ten systems', Array.from({ length: 10 }, () => updated(wide(2000, 100, 'x')))],
    ['a thousand systems', Array.from({ length: 1000 }, () => updated(wide(3, 10, 'x')))],
    [
      'images with long names',
      Array.from({ length: 60 }, () => ({ ...updated(), after: { ...seed('1'), image: 'x'.repeat(5000) } }))
    ]
  ])('stays within the limit for %s', (_, systems) => {
    const body = pullRequestBody({ base: { ref: 'r'.repeat(5000), oid: base.oid }, systems })
    expect(body.length).toBeLessThanOrEqual(GITHUB_LIMIT)
    expect(body.isWellFormed()).toBe(true)
    expect(body).toContain('### Check it yourself')
    expect(body.split('<details>')).toHaveLength(body.split('</details>').length)
    expect(body.split('```')).toHaveLength(3)
    for (const row of body.replaceAll('```', '').split('\n')) expect((row.split('`').length - 1) % 2).toBe(0)
  })

  test('counts the systems that there is no room for', () => {
    const body = bodyOf(...Array.from({ length: 1000 }, () => updated()))
    const described = body.match(/^### `/gm)?.length ?? 0
    expect(described).toBeGreaterThan(10)
    expect(body).toContain(`${1000 - described} more systems could not be described here`)
  })
})

describe('text that others have chosen', () => {
  const HOSTILE = 'a`<img src=x> </details>|@octocat [x](http://evil)\n# title\r\u2028\u202e\u0000\\'

  test('stands in code spans, without what could end one', () => {
    const packages = [change(HOSTILE, [HOSTILE], [HOSTILE])]
    const body = pullRequestBody({
      base: { ref: HOSTILE, oid: HOSTILE },
      source: { runUrl: 'https://example.org/)[x](y"<b>' },
      systems: [
        {
          system: HOSTILE,
          before: { ...seed('1'), image: HOSTILE },
          after: { ...seed('2'), image: HOSTILE },
          difference: difference({ changed: packages, added: packages, removed: packages, rebuilt: packages })
        }
      ]
    })
    const [, outside = ''] = /^([\s\S]*?)```sh/.exec(body.replace(/`[^`\n]+`/g, 'CODE').replaceAll('CODE', '§')) ?? []
    // Nothing but our own words is left once the spans are gone.
    expect(outside).not.toMatch(/octocat|evil|<img|title|[\u2028\u202e\0\r]/)
    expect(outside.match(/<[^>]*>/g)).toEqual(['<details>', '<summary>', '</summary>', '</details>'])
    expect(outside).toContain('[This run](https://example.org/%29[x]%28y%22%3Cb%3E)')
    expect(body).toContain('`a��img src=x� �/details��@octocat [x](http://evil)�# title�����`')
    // Rows of the table keep their three cells, and the block of commands its lines.
    for (const row of body.match(/^\|.*$/gm) ?? []) expect(row.split('|')).toHaveLength(5)
    expect(body).toMatch(/```sh\nnix flake metadata .*\nnix-seed inspect a�.*\n```\n$/)
  })

  test('is shown as such where nothing of it is visible', () => {
    expect(pullRequestBody({ base: { ref: ' ', oid: '' }, systems: [] })).toContain('on top of `�` at `�`,')
  })

  test.each(['javascript:alert(1)', 'not a url', ''])('%j is no link', runUrl => {
    expect(pullRequestBody({ base, systems: [], source: { runUrl } })).toContain('in `flake.lock`.\n')
  })

  test('stays on its line in titles and messages', () => {
    expect(pullRequestTitle([{ system: 'x\ny' }])).toBe('Update the seed for x�y')
    expect(commitMessage([{ system: 'x\ny', after: { ...seed('1'), image: 'a\n\nfixes #1' } }]).split('\n')).toEqual([
      'Pin the seed for x�y',
      '',
      'x�y: a��fixes #1'
    ])
  })
})

test.each([
  [[], 'Update the seed'],
  [['x86_64-linux'], 'Update the seed for x86_64-linux'],
  [['a-linux', 'b-linux'], 'Update the seed for a-linux and b-linux'],
  [['a-linux', 'b-linux', 'c-linux'], 'Update the seed for a-linux, b-linux and c-linux'],
  [['a', 'b', 'c', 'd'], 'Update the seed for 4 systems']
])('the title for %j', (names, title) => {
  expect(pullRequestTitle(names.map(system => ({ system })))).toBe(title)
})

test('the message of a commit names the images', () => {
  expect(commitMessage([{ system: 'x86_64-linux', after: seed('1') }])).toBe(
    `Pin the seed for x86_64-linux\n\nx86_64-linux: ghcr.io/org/app/seed@${digest('1')}`
  )
})

function wide(number: number, length: number, text: string): Partial<SeedDifference> {
  const all = Array.from({ length: number }, () => change(text.repeat(length), [text.repeat(length)], [text]))
  return { changed: all, added: all, removed: all, rebuilt: all }
}

describe('the signature of a seed', () => {
  const by = 'https://github.com/org/app/.github/workflows/seed.yml@refs/heads/main'
  const issuer = 'https://token.actions.githubusercontent.com'
  const logUrl = 'https://search.sigstore.dev/?logIndex=42'
  const signed = { kind: 'signed', by, isForeign: false } as const
  const body = (signature: AnnouncedSignature): string => bodyOf({ ...updated(), signature })

  test('is told with its place in the public log, and how to check it', () => {
    const text = body({ ...signed, issuer, logIndex: '42', logUrl })
    expect(text).toContain(`| signed by |  | \`${by}\` |\n| issuer |  | \`${issuer}\` |\n`)
    expect(text).toContain(`| log entry |  | \`42\` [look it up](${logUrl}) |`)
    expect(text).toContain(
      `cosign verify-attestation --type slsaprovenance1 --certificate-identity '${by}' --certificate-oidc-issuer '${issuer}' '${seed('2').image}'\n`
    )
    expect(text).toContain('verify it.')
    expect(text).not.toContain('another repository')
  })

  test('in another log has no page and no command that would do', () => {
    const text = body({ ...signed, issuer, logIndex: '42' })
    expect(text).toContain('| log entry |  | `42` |')
    expect(text).not.toContain('cosign')
  })

  test('with a key names the builder alone', () => {
    const text = body({ ...signed, by: 'https://example.org/builders/ci' })
    expect(text).toContain('| signed by |  | `https://example.org/builders/ci` |')
    expect(text).not.toMatch(/issuer|log entry|cosign/)
  })

  test('by somebody else is marked, and no command accepts it', () => {
    const text = body({ ...signed, issuer, logIndex: '42', logUrl, isForeign: true })
    expect(text).toContain('**It names a workflow of another repository.**')
    expect(text).not.toContain('cosign')
  })

  test('by another run is told as nothing but attached', () => {
    const text = body({ kind: 'attached' })
    expect(text).toContain('| signed by |  | not known: a provenance is attached (not verified here) |')
    expect(text).toContain('verify it.')
    expect(text).not.toMatch(/cosign|log entry|issuer|another repository/)
  })

  test('that is not there is told', () => {
    expect(body({ kind: 'none' })).toContain('| signed by |  | nobody |')
    expect(bodyOf(updated())).not.toContain('signed by')
  })

  test('with names that a shell or Markdown would read is shown, and nobody is made to run it', () => {
    const evil = `x' \`|$(reboot)<b>`
    const text = body({ ...signed, by: evil, issuer: evil, logIndex: evil, logUrl: 'javascript:x' })
    expect(text).not.toMatch(/cosign|<b>|`\|\$|look it up/)
    expect(body({ ...signed, by: evil, issuer, logIndex: '42', logUrl })).not.toContain('cosign')
  })
})
