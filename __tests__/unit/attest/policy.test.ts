import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  dimensionValue,
  examinePolicy,
  examinePolicyText,
  findBuilder,
  MAX_POLICY_BYTES,
  parsePolicy,
  parsePolicyText,
  policyOutlook,
  readPolicy,
  repositoryKey,
  withThreshold,
  type Policy
} from '../../../src/attest/policy.ts'
import { exitCode } from '../../../src/errors.ts'
import { failureOf } from '../../support/failure.ts'
import { certified, keyed, PEM, policyOf } from '../../support/policy.ts'

/** What is said of `value`, as lines. */
function complaints(value: unknown): string[] {
  return examinePolicy(value).problems.map(({ path, message }) => `${path}: ${message}`)
}

/** A policy of the three builders, the one at `index` changed. */
function changed(index: number, change: object, more: object = {}): object {
  const builders = ['a', 'b', 'c'].map(id => certified(id))
  return policyOf(
    builders.map((builder, i) => (i === index ? { ...builder, ...change } : builder)),
    more
  )
}

describe('a policy', () => {
  test('is three builders that differ, by default, and allows nothing', () => {
    expect(parsePolicy(policyOf(['a', 'b', 'c'].map(id => certified(id))), 'flake')).toEqual({
      threshold: 3,
      dimensions: ['builder', 'organisation', 'issuer'],
      predicateType: 'https://slsa.dev/provenance/v1',
      allowSelfHosted: false,
      allowSandboxOff: false,
      allowSeveralSubjects: false,
      equivocation: 'fail',
      builders: ['a', 'b', 'c'].map(id => ({ ...certified(id), trustRoot: 'public' }))
    })
  })

  test('keeps all that it says', () => {
    const written = {
      threshold: 2,
      dimensions: ['cloud', 'operatorJurisdiction', 'computeJurisdiction', 'trustRoot', 'repository'],
      predicateType: 'https://example.org/other/v2',
      maximumAgeDays: 30,
      allowSelfHosted: true,
      allowSandboxOff: true,
      allowSeveralSubjects: true,
      equivocation: 'discount',
      builders: [
        {
          ...certified('a'),
          cloud: 'Azure',
          operatorJurisdiction: 'US',
          computeJurisdiction: 'IE',
          repository: 'https://github.com/org/a',
          trustRoot: 'roots/a.json'
        },
        {
          ...keyed('b'),
          cloud: 'own',
          operatorJurisdiction: 'CH',
          computeJurisdiction: 'CH',
          repository: 'https://git.example.org/b',
          trustRoot: 'public'
        }
      ]
    }
    expect(parsePolicy(written, 'flake')).toEqual(written)
    const $schema = 'https://nix-seed.dev/schemas/policy/v1.json'
    expect(parsePolicy({ $schema, ...written }, 'flake')).toEqual(written)
  })

  test('may have comments, and nothing else that JSON has not', () => {
    const text = JSON.stringify(policyOf(['a', 'b', 'c'].map(id => certified(id))))
    const commented = `// first\n${text.replace('{', '{ /* all\n of them */ ')} // last`
    expect(parsePolicyText(commented, 'file')).toEqual(parsePolicyText(text, 'file'))
    for (const wrong of [
      text.replace(/\}$/, ',}'),
      text.replace(/"/g, "'"),
      `${text}{}`,
      '',
      '// nothing',
      '{"builders": 01}'
    ]) {
      expect(examinePolicyText(wrong).problems).toContainEqual(expect.objectContaining({ kind: 'syntax' }))
      expect(() => parsePolicyText(wrong, 'file')).toThrow(/the policy is refused/)
    }
  })

  test('is refused with everything that is wrong, and where', () => {
    const text = `{
      "builders": [
        { "id": "a", "organisation": "A",
          "issuer": "https://a.example", "identity": "" },
        // not a builder
        7
      ],
      "treshold": 2
    }`
    const failure = (() => {
      try {
        return parsePolicyText(text, '/etc/policy.json')
      } catch (error) {
        return error
      }
    })()
    expect(failure).toMatchObject({
      code: 'POLICY_INVALID',
      resource: '/etc/policy.json',
      problems: [
        { path: 'builders[0].identity', line: 4, message: 'is empty' },
        { path: 'builders[1]', line: 6, message: 'must be an object, not 7' },
        { path: 'treshold', line: 8 }
      ]
    })
    expect((failure as Error).message.split('\n')).toHaveLength(4)
    expect((failure as Error).message).toContain('line 4, builders[0].identity: is empty')
  })

  test('names no field twice: readers differ in which they take', () => {
    const text = `{"builders": [${JSON.stringify(certified('a'))}],\n"threshold": 1,\n"threshold": 2}`
    expect(examinePolicyText(text).problems).toMatchObject([{ kind: 'syntax', path: 'threshold', line: 3 }])
    const hidden = '{"builders": [{"id": "a", "i\\u0064": "b"}]}'
    expect(examinePolicyText(hidden).problems).toMatchObject([{ kind: 'syntax', path: 'builders[0].id' }])
  })

  test('knows no prototypes', () => {
    const text = '{"__proto__": {"threshold": 1}, "constructor": 1, "builders": []}'
    expect(examinePolicyText(text).problems.map(problem => problem.path)).toEqual([
      '__proto__',
      'constructor',
      'builders'
    ])
    expect(examinePolicy(JSON.parse(text)).problems).toHaveLength(3)
  })

  test('is of a size that is read in no time', () => {
    expect(examinePolicyText(`"${'x'.repeat(MAX_POLICY_BYTES)}"`).problems[0]?.message).toMatch(/larger/)
    expect(examinePolicyText('['.repeat(200_000)).problems[0]?.message).toContain('levels')
    expect(examinePolicyText('[['.repeat(6)).problems[0]?.kind).toBe('syntax')
    expect(complaints({ builders: Array.from({ length: 65 }, (_, i) => certified(`b${i}`)) })).toEqual([
      'builders: has 65 entries; 64 are the most'
    ])
  })

  test('tells no more of what is wrong than people read', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, 'x'.repeat(1000)]))
    const message = examined(() => parsePolicy({ builders: [certified('a')], threshold: 1, ...many }, 'flake')).message
    expect(message).toContain('and 980 more')
    expect(message.length).toBeLessThan(4000)
  })
})

function examined(read: () => unknown): Error {
  try {
    read()
  } catch (error) {
    return error as Error
  }
  throw new Error('it was accepted')
}

describe('what is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['no object', [], /^: must be an object, not a list$/],
    ['nothing', undefined, /^: must be an object/],
    ['no builders', {}, /^builders: is missing$/],
    ['an empty list of builders', policyOf([]), /^builders: is empty/],
    ['an empty builder', policyOf([{}]), /^builders\[0\]\.id: is missing$/m],
    ['an unknown field', { ...changed(0, {}), quorum: 3 }, /^quorum: is no field of a policy$/],
    ['another spelling', { ...changed(0, {}), Threshold: 3 }, /^Threshold: .*; it is spelled "threshold"$/],
    [
      'another spelling in a builder',
      changed(0, { organization: 'x' }),
      /organization: .*; it is spelled "organisation"$/
    ],
    [
      'a threshold of none',
      changed(0, {}, { threshold: 0 }),
      /^threshold: must be a whole number from 1 to 64, not 0$/
    ],
    ['half a builder', changed(0, {}, { threshold: 1.5 }), /^threshold: must be a whole number/],
    ['a threshold in words', changed(0, {}, { threshold: '3' }), /^threshold: .*, not "3"$/],
    ['more than all', changed(0, {}, { threshold: Infinity }), /^threshold: /],
    ['no dimensions', changed(0, {}, { dimensions: [] }), /^dimensions: is empty/],
    ['an unknown dimension', changed(0, {}, { dimensions: ['colour'] }), /^dimensions\[0\]: "colour" is not one of/],
    [
      'a dimension twice',
      changed(0, {}, { dimensions: ['cloud', 'cloud'] }),
      /^dimensions\[1\]: names "cloud" again$/m
    ],
    [
      'a builder without what must differ',
      changed(0, {}, { dimensions: ['cloud'] }),
      /^builders\[2\]\.cloud: is missing/m
    ],
    ['no issuer', changed(1, { issuer: '' }), /^builders\[1\]\.issuer: is empty$/],
    ['a host as issuer', changed(1, { issuer: 'gitlab.com' }), /is not an https URL/],
    ['an issuer without TLS', changed(1, { issuer: 'http://gitlab.com' }), /is not an https URL/],
    ['an issuer with a wildcard', changed(1, { issuer: 'https://*.example' }), /is not an https URL/],
    ['an issuer with a query', changed(1, { issuer: 'https://a.example?x' }), /is not an https URL/],
    [
      'an issuer as nobody writes it',
      changed(1, { issuer: 'https://a.example:443' }),
      /stand there as "https:\/\/a\.example"/
    ],
    ['an issuer with steps up', changed(1, { issuer: 'https://a.example/x/../y' }), /as no certificate has it/],
    ['no identity', changed(1, { identity: undefined }), /^builders\[1\]\.identity: must be the whole identity/],
    ['an identity with a wildcard', changed(1, { identity: 'https://github.com/org/*' }), /is not the whole identity/],
    ['a pattern as identity', changed(1, { identity: '^https://github.com/org/.+$' }), /is not the whole identity/],
    ['an identity of another script', changed(1, { identity: 'https://github.com/оrg' }), /is not the whole identity/],
    ['an identity with a space', changed(1, { identity: 'https://github.com/org ' }), /is not the whole identity/],
    ['what is to be filled in', changed(1, { identity: 'https://github.com/<owner>' }), /is still to be filled in/],
    [
      'identity and pattern',
      changed(1, { identityPattern: '^https://github\\.com/org/a$' }),
      /does not go with "identity"/
    ],
    ['key and identity', changed(1, { publicKey: 'a.pub' }), /^builders\[1\]\.issuer: does not go with "publicKey"/m],
    ['a country in words', changed(1, { operatorJurisdiction: 'USA' }), /two capital letters/],
    ['an organisation with a space', changed(1, { organisation: 'Acme ' }), /is not the name of an organisation/],
    ['an organisation that is not seen', changed(1, { organisation: 'Ac\u200bme' }), /"Ac\\u\{200b\}me" is not/],
    ['half a character', changed(1, { organisation: 'Acme\ud800' }), /is not the name/],
    ['a repository with a slash', changed(1, { repository: 'https://github.com/org/a/' }), /is not an https URL/],
    ['an age of none', changed(1, {}, { maximumAgeDays: 0 }), /^maximumAgeDays: /],
    ['a flag in words', changed(1, {}, { allowSelfHosted: 'no' }), /must be true or false, not "no"/],
    ['ignoring equivocation', changed(1, {}, { equivocation: 'ignore' }), /is not one of "fail", "discount"/],
    ['another schema', changed(1, {}, { $schema: 'https://nix-seed.dev/schemas/policy/v2.json' }), /^\$schema: /],
    ['a long name', changed(1, { id: 'x'.repeat(257) }), /longer than 256 characters$/],
    ['two builders of one id', changed(1, { id: 'a' }), /^builders\[1\]\.id: "a" is the id of builders\[0\] too$/],
    ['ids that differ in case', changed(1, { id: 'A' }), /is the id of builders\[0\] too/],
    ['two spellings', changed(1, { organisation: 'org  A' }), /two spellings of one name$/]
  ])('%s', (_, value, complaint) => {
    expect(complaints(value).join('\n')).toMatch(complaint)
    expect(() => parsePolicy(value, 'flake')).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
  })

  test('a private key, without repeating it', () => {
    const secret = PEM.replaceAll('PUBLIC', 'PRIVATE')
    const message = complaints(policyOf([keyed('a', { publicKey: secret })], { threshold: 1 })).join('\n')
    expect(message).toBe('builders[0].publicKey: is a private key; a policy is public')
    const broken = complaints(policyOf([keyed('a', { publicKey: `${PEM}x` })], { threshold: 1 })).join('\n')
    expect(broken).not.toContain('MFkw')
  })

  test('one key for two builders', () => {
    const twice = policyOf([keyed('a'), keyed('b', { publicKey: PEM.replaceAll('\n', '\r\n') })], { threshold: 1 })
    expect(complaints(twice)).toEqual([
      'builders[1].publicKey: is the key of builders[0] too: one signature would be two builders'
    ])
    const files = policyOf([keyed('a', { publicKey: 'k.pub' }), keyed('b', { publicKey: './k.pub' })], { threshold: 1 })
    expect(complaints(files)).toHaveLength(1)
  })
})

describe('overlaps', () => {
  const exact = 'https://github.com/org/a/.github/workflows/seed.yml@refs/heads/main'
  const two = (first: object, second: object): string[] =>
    complaints(
      policyOf(
        [
          { ...certified('a'), ...first },
          { ...certified('b'), ...second }
        ],
        { threshold: 1 }
      )
    )
  const issuer = 'https://issuer.example'
  const pattern = (identityPattern: string): object => ({ identity: undefined, identityPattern, issuer })
  const without = ({ identity: _, ...rest }: Record<string, unknown>): object => rest
  const patterned = (id: string, identityPattern: string): object =>
    without({ ...certified(id), ...pattern(identityPattern) })
  const overlap = (a: object, b: object): string[] => complaints(policyOf([a, b], { threshold: 1 }))

  test('are refused: one certificate would be two builders', () => {
    expect(two({ identity: exact, issuer }, { identity: exact, issuer })).toEqual([
      `builders[1].identity: overlaps with builders[0]: a certificate for "${exact}" would satisfy both`
    ])
    const wide = patterned(
      'b',
      String.raw`^https://github\.com/org/[^/]+/\.github/workflows/seed\.yml@refs/heads/main$`
    )
    expect(overlap({ ...certified('a'), identity: exact, issuer }, wide)).toHaveLength(1)
    expect(overlap(wide, { ...certified('a'), identity: exact, issuer })).toHaveLength(1)
  })

  test('of two patterns are found, with an identity that shows it', () => {
    const [complaint] = overlap(
      patterned('a', String.raw`^https://github\.com/org/a[^@]*@refs/tags/v1\.[0-9]+$`),
      patterned('b', String.raw`^https://github\.com/org/(?:a|b)/x@refs/tags/v[0-9]\.5$`)
    )
    expect(complaint).toContain('a certificate for "https://github.com/org/a/x@refs/tags/v1.5" would satisfy both')
  })

  test('are none where issuer, repository or any character sets the two apart', () => {
    expect(two({ identity: exact, issuer }, { identity: exact })).toEqual([])
    expect(two({ identity: exact, issuer }, { identity: `${exact}2`, issuer })).toEqual([])
    const repository = (name: string): object => ({
      identity: exact,
      issuer,
      repository: `https://github.com/org/${name}`
    })
    expect(two(repository('a'), repository('b'))).toEqual([])
    expect(two(repository('a'), repository('A'))).toHaveLength(1)
    expect(two(repository('a'), { identity: exact, issuer })).toHaveLength(1)
    expect(
      overlap(
        patterned('a', String.raw`^https://github\.com/org/[^/]+/x@refs/heads/main$`),
        patterned('b', String.raw`^https://github\.com/org/[^/]+/y@refs/heads/main$`)
      )
    ).toEqual([])
  })

  test('do not depend on who is said to have issued the certificate', () => {
    expect(
      two({ identity: exact, issuer, trustRoot: 'a.json' }, { identity: exact, issuer, trustRoot: 'b.json' })
    ).toHaveLength(1)
  })

  test('that would take long to find are refused as well', () => {
    const wide = '[a-z]?'.repeat(60)
    const patterns = Array.from({ length: 64 }, (_, i) => patterned(`b${i}`, `^https://a/b${wide}(?:${i}|${wide})$`))
    const said = complaints(policyOf(patterns, { threshold: 1 }))
    expect(said.length).toBeGreaterThan(0)
  })
})

describe('whether a policy can be met', () => {
  test('is decided when it is read', () => {
    const same = ['a', 'b', 'c'].map((id, i) =>
      certified(id, { organisation: i === 2 ? 'Org A' : `Org ${id.toUpperCase()}` })
    )
    expect(examinePolicy(policyOf(same)).problems).toEqual([
      {
        kind: 'unmet',
        path: 'threshold',
        message:
          'is 3, and of the 3 builders no more than 2 differ from each other in "organisation" and "issuer": no set of builders can meet the policy'
      }
    ])
    expect(examined(() => parsePolicy(policyOf(same), 'flake'))).toMatchObject({
      code: 'POLICY_UNMET',
      resource: 'flake'
    })
    expect(exitCode('POLICY_UNMET')).toBe(3)
    expect(exitCode('POLICY_INVALID')).toBe(2)
    expect(parsePolicy(policyOf(same, { threshold: 2 }), 'flake').threshold).toBe(2)
  })

  test('counts builders where there are too few', () => {
    expect(complaints(policyOf([certified('a')]))).toEqual([
      'threshold: is 3, and there is 1 builder: no set of builders can meet the policy'
    ])
  })

  test('is found exactly: whoever takes the first of each would find two', () => {
    // Only b, c and d: a shares its organisation with one and its issuer with another.
    const builders = [
      certified('a', { organisation: 'X', issuer: 'https://i2.example' }),
      certified('b', { organisation: 'X', issuer: 'https://i1.example' }),
      certified('c', { organisation: 'Y', issuer: 'https://i2.example' }),
      certified('d', { organisation: 'Z', issuer: 'https://i3.example' })
    ]
    const policy = parsePolicy(policyOf(builders), 'flake')
    const { roles, ...outlook } = policyOutlook(policy, 20)
    expect(outlook).toEqual({ largest: 3, sets: [['b', 'c', 'd']], hasMore: false })
    expect(Object.fromEntries(roles)).toEqual({ a: 'none', b: 'every', c: 'every', d: 'every' })
  })

  test('is asked again for another threshold', () => {
    const policy = parsePolicy(changed(0, {}), 'flake')
    expect(withThreshold(policy, 1, 'flake')).toEqual({ ...policy, threshold: 1 })
    expect(examined(() => withThreshold(policy, 4, '--threshold'))).toMatchObject({
      code: 'POLICY_UNMET',
      resource: '--threshold'
    })
    for (const none of [0, -1, 1.5, NaN]) {
      expect(examined(() => withThreshold(policy, none, '--threshold'))).toMatchObject({ code: 'USAGE' })
    }
  })

  test('has an outlook of many sets that is cut', () => {
    const policy = parsePolicy(
      policyOf(
        Array.from({ length: 64 }, (_, i) => certified(`b${i}`)),
        { threshold: 32 }
      ),
      'flake'
    )
    const { sets, hasMore, largest } = policyOutlook(policy, 20)
    expect({ count: sets.length, hasMore, largest }).toEqual({ count: 20, hasMore: true, largest: 64 })
    expect(sets[0]).toEqual(Array.from({ length: 32 }, (_, i) => `b${i}`))
    expect(new Set(sets.map(set => set.join())).size).toBe(20)
  })
})

describe('the builder of a certificate', () => {
  const identity = 'https://github.com/org/repo/.github/workflows/seed.yml@refs/heads/main'
  const issuer = 'https://token.actions.githubusercontent.com'
  const { identity: _, ...other } = certified('tags', { issuer })
  const policy: Policy = parsePolicy(
    policyOf(
      [
        certified('main', { identity, issuer }),
        {
          ...other,
          identityPattern: String.raw`^https://github\.com/org/repo/\.github/workflows/seed\.yml@refs/tags/v[0-9]+$`
        },
        certified('reused', {
          issuer,
          identity: 'https://github.com/shared/flows/.github/workflows/seed.yml@refs/heads/main',
          repository: 'https://github.com/org/repo'
        })
      ],
      { threshold: 1 }
    ),
    'flake'
  )

  test('has exactly its identity and its issuer', () => {
    expect(findBuilder(policy, { issuer, identity }).builder?.id).toBe('main')
  })

  test.each([
    ['a suffix', `${identity}2`, /that of main begins like it/],
    ['a prefix of it', identity.slice(0, -1), /that of main begins like it/],
    ['a prefix', `https://evil.example/${identity}`, /that of main ends like it/],
    ['another case', identity.replace('org', 'Org'), /that of main differs in case/],
    ['another character for a full stop', identity.replace('seed.yml', 'seedxyml'), /no builder of the policy/],
    ['another branch', identity.replace('main', 'test'), /that of main is for another ref/],
    ['an end of line', `${identity}\n`, /main\\n/],
    ['nothing', '', /no builder of the policy has the identity ""$/]
  ])('is not that of %s', (_, wrong, reason) => {
    expect(findBuilder(policy, { issuer, identity: wrong })).toEqual({ reason: expect.stringMatching(reason) })
  })

  test.each([
    `${issuer}/evil`,
    `${issuer}/`,
    issuer.toUpperCase(),
    issuer.replace('token.', 'tokenx'),
    'https://gitlab.com',
    ''
  ])('is not that of the issuer %j', wrong => {
    const { reason } = findBuilder(policy, { issuer: wrong, identity }) as { reason: string }
    expect(reason).toBe(`the identity is that of builder main, but its issuer is ${JSON.stringify(wrong)}`)
  })

  test('has an identity that its whole pattern accepts', () => {
    const tagged = (ref: string): string => identity.replace('refs/heads/main', ref)
    expect(findBuilder(policy, { issuer, identity: tagged('refs/tags/v12') }).builder?.id).toBe('tags')
    for (const wrong of ['refs/tags/v12x', 'refs/tags/v', 'refs/tags/v1\n', 'xrefs/tags/v1']) {
      expect(findBuilder(policy, { issuer, identity: tagged(wrong) }).builder).toBeUndefined()
    }
  })

  test('builds the repository that the policy says, with the workflow of another', () => {
    const reused = 'https://github.com/shared/flows/.github/workflows/seed.yml@refs/heads/main'
    const built = (repository?: string): unknown =>
      findBuilder(policy, { issuer, identity: reused, ...(repository !== undefined && { repository }) })
    expect(built('https://github.com/org/repo')).toMatchObject({ builder: { id: 'reused' } })
    expect(built('https://github.com/evil/repo')).toEqual({
      reason: expect.stringContaining('built from "https://github.com/evil/repo"'),
      elsewhere: expect.objectContaining({ id: 'reused' })
    })
    expect(built()).toMatchObject({
      reason: expect.stringContaining('names no repository'),
      elsewhere: { id: 'reused' }
    })
  })

  test('has repositories under one name, however they are written', () => {
    for (const uri of [
      'https://github.com/Org/repo',
      'git+https://github.com/org/repo@refs/heads/main',
      'github.com/org/repo',
      'https://user@github.com/org/repo.git',
      'ssh://git@github.com/org/repo.git/'
    ]) {
      expect(repositoryKey(uri)).toBe('github.com/org/repo')
    }
    expect(repositoryKey('https://github.com/org/repo2')).not.toBe(repositoryKey('https://github.com/org/repo'))
  })

  test('differs from a key in the issuer: nobody vouches for a key', () => {
    const [first, second] = parsePolicy(
      policyOf([keyed('a', { publicKey: 'a.pub' }), keyed('b')], { threshold: 2 }),
      'flake'
    ).builders
    if (!first || !second) throw new Error('there are two')
    expect(dimensionValue(first, 'issuer')).not.toBe(dimensionValue(second, 'issuer'))
    expect(dimensionValue(first, 'trustRoot')).toBe(dimensionValue(second, 'trustRoot'))
    expect(dimensionValue({ ...first, trustRoot: './x//y.json' }, 'trustRoot')).toBe('x/y.json')
  })
})

describe('the file of a policy', () => {
  test('is read with the name of the file in what is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'policy-'))
    try {
      const file = join(folder, 'policy.jsonc')
      expect(await failureOf(readPolicy(file))).toMatchObject({ code: 'USAGE', resource: file })
      await writeFile(file, `\ufeff// a policy\n${JSON.stringify(changed(0, {}))}`)
      expect((await readPolicy(file)).builders).toHaveLength(3)
      await writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]))
      expect(await failureOf(readPolicy(file))).toMatchObject({
        code: 'POLICY_INVALID',
        message: expect.stringMatching(/UTF-8/)
      })
      await writeFile(file, `"${'é'.repeat(MAX_POLICY_BYTES)}"`)
      expect(await failureOf(readPolicy(file))).toMatchObject({
        code: 'POLICY_INVALID',
        message: expect.stringMatching(/larger than/)
      })
      expect(await failureOf(readPolicy(folder))).toMatchObject({ code: 'FILE_SYSTEM', resource: folder })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
