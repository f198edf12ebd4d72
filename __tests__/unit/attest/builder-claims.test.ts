/** Claims are somebody else's words. */
import fc from 'fast-check'
import { describe, expect, test } from '@jest/globals'
import { certifiedBuilder, type Builder } from '../../../src/attest/builder.ts'
import { claim, optionalClaim } from '../../../src/attest/claims.ts'
import { circleciClaims, githubClaims, gitlabClaims } from '../../support/sigstore.ts'

type Claims = Record<string, unknown>
const builderOf = (claims: Claims): Builder =>
  certifiedBuilder({ token: '', subject: '', issuer: '', claims, expires: new Date() })

const NEEDED: Record<string, [Claims, string[]]> = {
  github: [
    githubClaims({ iss: 'https://token.actions.githubusercontent.com' }),
    [
      'job_workflow_ref',
      'workflow_ref',
      'repository',
      'repository_id',
      'repository_owner_id',
      'ref',
      'sha',
      'run_id',
      'run_attempt',
      'event_name',
      'runner_environment'
    ]
  ],
  gitlab: [
    gitlabClaims({ iss: 'https://gitlab.com' }),
    [
      'ci_config_ref_uri',
      'project_path',
      'project_id',
      'namespace_id',
      'sha',
      'pipeline_id',
      'pipeline_source',
      'job_id',
      'runner_environment'
    ]
  ],
  circleci: [
    circleciClaims({ iss: 'https://oidc.circleci.com/org/3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11' }),
    ['project-id', 'pipeline-definition-id', 'pipeline-id', 'workflow-id', 'job-id'].map(
      name => `oidc.circleci.com/${name}`
    )
  ]
}
const needed = Object.entries(NEEDED).flatMap(([kind, [claims, names]]) =>
  names.map(name => [kind, name, claims] as const)
)

/** Whatever is one of these is no value of any claim that a builder is made of. */
const HOSTILE: [string, unknown][] = [
  ['nothing', ''],
  ['null', null],
  ['an object', { toString: () => 'refs/heads/main' }],
  ['a list', ['refs/heads/main']],
  ['a fraction', 1.5],
  ['a huge number', 1e21],
  ['a negative number', -1],
  ['two lines', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['NUL', 'a\0b'],
  ['an escape', '\u001b[2Ka'],
  ['a separator', 'a\u2028b'],
  ['text that turns round', 'a\u202eb'],
  ['half a character', 'a\ud800b'],
  ['a long text', 'a'.repeat(1025)],
  ['a very long path', `a/b/${'c'.repeat(100_000)}@refs/heads/main`],
  ['a step up', '../..'],
  ['a step up in the middle', 'octo-org/../evil'],
  ['markup', '<script>'],
  ['a query', 'octo-org/project?x=y']
]

describe.each(needed)('a token of %s', (_kind, name, claims) => {
  test(`needs the claim ${name}`, () => {
    expect(() => builderOf(claims)).not.toThrow()
    const { [name]: _left, ...others } = claims
    expect(() => builderOf(others)).toThrow(expect.objectContaining({ code: 'IDENTITY_INVALID' }))
  })

  test.each(HOSTILE)(`is refused where ${name} is %s`, (_what, value) => {
    expect(() => builderOf({ ...claims, [name]: value })).toThrow(
      expect.objectContaining({ code: 'IDENTITY_INVALID', message: expect.stringContaining(`"${name}"`) })
    )
  })
})

const DECEPTIVE = ['\n', '\r', '\t', '\0', '\u001b[2K', '\u007f', '\u0085', '\u2028', '\u202e', '\u2066', '\ud800']

test.each(needed)('a token of %s is refused where %s has something that deceives in it', (_kind, name, claims) => {
  const value = String(claims[name])
  for (const text of DECEPTIVE) {
    for (const at of [0, value.length - 4, value.length]) {
      const changed = value.slice(0, at) + text + value.slice(at)
      expect(() => builderOf({ ...claims, [name]: changed })).toThrow(
        expect.objectContaining({ code: 'IDENTITY_INVALID', message: expect.stringContaining(`"${name}"`) })
      )
    }
  }
})

describe('any text as a claim', () => {
  test.each(Object.entries(NEEDED))(
    'makes a builder of %s without anything that deceives, or none',
    (_kind, [claims, names]) => {
      fc.assert(
        fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 60 }), (name, value) => {
          let builder: Builder
          try {
            builder = builderOf({ ...claims, [name]: value })
          } catch (error) {
            expect(error).toMatchObject({ code: 'IDENTITY_INVALID' })
            return
          }
          expect(builder.id).toMatch(/^https:\/\/[!-~]+$/)
          // eslint-disable-next-line no-control-regex
          expect(JSON.stringify(builder)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]|\\[nrtu]/)
        })
      )
    }
  )

  test.each(Object.entries(NEEDED))('leads no builder of %s to another repository', (_kind, [claims, names]) => {
    const pieces = fc.constantFrom(
      'octo-org',
      'evil',
      '/',
      '.',
      '..',
      '@',
      '#',
      '?',
      '%2F',
      '\\',
      ':',
      'refs/heads/main',
      '//'
    )
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(pieces, { maxLength: 8 }), (name, parts) => {
        let builder: Builder
        try {
          builder = builderOf({ ...claims, [name]: parts.join('') })
        } catch {
          return
        }
        for (const uri of [builder.id, builder.invocationId ?? '']) {
          expect(new URL(uri).host).toBe(new URL(uri.split('@')[0] ?? '').host)
          expect(uri.split(/[@#]/)[0]).not.toMatch(/\/\.\.?(?:\/|$)/)
        }
      })
    )
  })
})

describe('claim', () => {
  test('makes text of numbers and truth values, as the certificate authority does', () => {
    expect(claim({ a: 12 }, 'a')).toBe('12')
    expect(claim({ a: true }, 'a')).toBe('true')
  })

  test('knows no claims but those that are there', () => {
    expect(optionalClaim({}, 'constructor')).toBeUndefined()
    expect(() => claim({}, 'toString')).toThrow('the claim "toString" of the identity token is missing')
  })

  test('repeats no value', () => {
    expect(() => claim({ a: 'evil\n' }, 'a')).not.toThrow('evil')
  })
})
