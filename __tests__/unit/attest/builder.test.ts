import { describe, expect, test } from '@jest/globals'
import { certifiedBuilder, plainBuilder, type Builder, type Checkout } from '../../../src/attest/builder.ts'
import { providerOf } from '../../../src/attest/builder/provider.ts'
import { circleciClaims, githubClaims, gitlabClaims } from '../../support/sigstore.ts'

type Claims = Record<string, unknown>

const GITHUB = 'https://token.actions.githubusercontent.com'
const GITLAB = 'https://gitlab.com'
const CIRCLECI = 'https://oidc.circleci.com/org/3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11'

const builderOf = (claims: Claims, checkout?: Checkout): Builder =>
  certifiedBuilder({ token: '', subject: '', issuer: String(claims['iss']), claims, expires: new Date() }, checkout)
const github = (claims: Claims = {}): Claims => githubClaims({ iss: GITHUB, ...claims })
const gitlab = (claims: Claims = {}): Claims => gitlabClaims({ iss: GITLAB, ...claims })
const circleci = (claims: Claims = {}): Claims =>
  circleciClaims({
    iss: CIRCLECI,
    ...Object.fromEntries(Object.entries(claims).map(([name, value]) => [`oidc.circleci.com/${name}`, value]))
  })

describe('a job of GitHub Actions', () => {
  test('on a tenant of its own has that address everywhere', () => {
    // The same job as in the tests of GitHub's own toolkit, which expect this.
    const builder = builderOf(
      github({
        iss: 'https://token.actions.foo.ghe.com',
        repository: 'owner/repo',
        workflow_ref: 'owner/repo/.github/workflows/main.yml@main',
        job_workflow_ref: 'owner/workflows/.github/workflows/publish.yml@main'
      })
    )
    expect(builder).toMatchObject({
      id: 'https://foo.ghe.com/owner/workflows/.github/workflows/publish.yml@main',
      externalParameters: {
        workflow: {
          ref: 'refs/heads/main',
          repository: 'https://foo.ghe.com/owner/repo',
          path: '.github/workflows/main.yml'
        }
      },
      source: { uri: 'git+https://foo.ghe.com/owner/repo@refs/heads/main' },
      invocationId: 'https://foo.ghe.com/owner/repo/actions/runs/42/attempts/1'
    })
  })

  test.each([
    [GITHUB, 'https://github.com'],
    [`${GITHUB}/octo-enterprise`, 'https://github.com'],
    ['https://token.actions.octo-corp.ghe.com', 'https://octo-corp.ghe.com'],
    ['https://token.actions.octo-corp.ghe.com/octo', 'https://octo-corp.ghe.com'],
    ['https://github.example.org/_services/token', 'https://github.example.org'],
    ['https://token.actions.evil.example/ghe.com', 'https://github.com'],
    ['https://evil.example/https://token.actions.octo-corp.ghe.com', 'https://github.com'],
    ['https://evil.example/x/_services/token', 'https://github.com'],
    ['http://127.0.0.1:8080', 'https://github.com']
  ])('whose token %s issued is at %s', (iss, server) => {
    const claims = github({ iss })
    expect(builderOf(claims).invocationId).toBe(`${server}/octo-org/project/actions/runs/42/attempts/1`)
    expect(providerOf(claims).subject(claims)).toBe(
      `${server}/octo-org/project/.github/workflows/seed.yml@refs/heads/main`
    )
  })

  test.each([
    ['octo-org/project/.github/workflows/a@b.yml@refs/heads/x@y', 'refs/heads/x@y', '.github/workflows/a@b.yml'],
    ['octo-org/project/.github/workflows/a@b.yml@refs/heads/x@y', 'refs/heads/other', '.github/workflows/a@b.yml'],
    [
      'octo-org/project/.github/workflows/seed.yml@refs/pull/7/merge',
      'refs/pull/7/merge',
      '.github/workflows/seed.yml'
    ],
    ['octo-org/project/.github/workflows/seed.yml@2c26b46', 'refs/heads/main', '.github/workflows/seed.yml'],
    // A workflow that the organisation asks for is another repository's.
    [
      'octo-org/rules/.github/workflows/seed.yml@refs/heads/main',
      'refs/heads/main',
      'octo-org/rules/.github/workflows/seed.yml'
    ],
    [
      'octo-org/project-2/.github/workflows/seed.yml@refs/heads/main',
      'refs/heads/main',
      'octo-org/project-2/.github/workflows/seed.yml'
    ]
  ])('of the workflow %s at %s has the path %s', (workflow_ref, ref, path) => {
    expect(builderOf(github({ workflow_ref, ref })).externalParameters).toMatchObject({ workflow: { ref, path } })
  })

  test('goes by the name that its certificate has', () => {
    const claims = github({ job_workflow_ref: 'octo-org/project/.github/workflows/seed.yml@refs/heads/ä' })
    expect(builderOf(claims).id).toBe(
      'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/%C3%A4'
    )
    expect(providerOf(claims).subject(claims)).toBe(builderOf(claims).id)
  })
})

describe('a job of GitLab CI', () => {
  test('is known by the configuration of its pipeline', () => {
    expect(builderOf(gitlab())).toEqual({
      kind: 'gitlab',
      id: 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main',
      buildType: 'https://nix-seed.dev/build-types/gitlab/v1',
      externalParameters: {
        pipeline: {
          repository: 'https://gitlab.com/octo-group/project',
          ref: 'refs/heads/main',
          config: 'gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main'
        }
      },
      internalParameters: {
        gitlab: {
          pipeline_source: 'push',
          pipeline_id: '574',
          job_id: '302',
          project_id: '20',
          namespace_id: '72',
          runner_environment: 'gitlab-hosted',
          ci_config_sha: '2c26b46b68ffc68ff99b453c1d30413413422d70'
        }
      },
      source: {
        uri: 'git+https://gitlab.com/octo-group/project@refs/heads/main',
        commit: '2c26b46b68ffc68ff99b453c1d30413413422d70'
      },
      invocationId: 'https://gitlab.com/octo-group/project/-/jobs/302'
    })
  })

  test('of an installation in a folder', () => {
    const config = 'git.example:8443/lab/a/b/c//ci/seed.yml@refs/tags/v1'
    expect(
      builderOf(gitlab({ iss: 'https://git.example:8443/lab/', project_path: 'a/b/c', ci_config_ref_uri: config }))
    ).toMatchObject({
      id: `https://${config}`,
      invocationId: 'https://git.example:8443/lab/a/b/c/-/jobs/302'
    })
  })

  test.each([
    ['branch', 'refs/heads/main'],
    ['tag', 'refs/tags/main']
  ])('of a release that has no ref_path: %s', (ref_type, ref) => {
    expect(builderOf(gitlab({ ref_path: undefined, ref_type })).source?.uri).toBe(
      `git+https://gitlab.com/octo-group/project@${ref}`
    )
  })

  test('may have a configuration from elsewhere, but needs one that a name can be made of', () => {
    expect(builderOf(gitlab({ ci_config_sha: null })).internalParameters['gitlab']).not.toHaveProperty('ci_config_sha')
    expect(() => builderOf(gitlab({ ci_config_ref_uri: null }))).toThrow(
      expect.objectContaining({ code: 'IDENTITY_INVALID', hint: expect.stringContaining('16.2') })
    )
  })
})

describe('a job of CircleCI', () => {
  const ID =
    'https://circleci.com/api/v2/projects/7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10/pipeline-definitions/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'

  test('is known by its pipeline', () => {
    expect(builderOf(circleci())).toEqual({
      kind: 'circleci',
      id: ID,
      buildType: 'https://nix-seed.dev/build-types/circleci/v1',
      externalParameters: {
        pipeline: { definition: ID, repository: 'https://github.com/octo-org/project', ref: 'refs/heads/main' }
      },
      internalParameters: {
        circleci: {
          org_id: '3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11',
          project_id: '7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10',
          pipeline_id: '5f0d3c6a-8f7e-4b0a-9d1c-2e3f4a5b6c7d',
          workflow_id: '1a2b3c4d-5e6f-4708-9a0b-1c2d3e4f5a6b',
          job_id: '6b5a4f3e-2d1c-4b0a-8f9e-7d6c5b4a3f2e',
          ssh_rerun: false
        }
      },
      invocationId:
        'https://app.circleci.com//workflow/1a2b3c4d-5e6f-4708-9a0b-1c2d3e4f5a6b/job/6b5a4f3e-2d1c-4b0a-8f9e-7d6c5b4a3f2e'
    })
  })

  test('takes the commit from the checkout, since its token has none', () => {
    expect(builderOf(circleci(), { commit: 'a'.repeat(40) }).source).toEqual({
      uri: 'git+https://github.com/octo-org/project@refs/heads/main',
      commit: 'a'.repeat(40)
    })
  })

  test('that a webhook has started has no source', () => {
    const builder = builderOf(circleci({ 'vcs-origin': undefined, 'vcs-ref': undefined }), { commit: 'a'.repeat(40) })
    expect(builder).not.toHaveProperty('source')
    expect(builder.externalParameters).toEqual({ pipeline: { definition: ID } })
  })

  test('says where somebody could log in', () => {
    for (const value of [true, 'true']) {
      expect(builderOf(circleci({ 'ssh-rerun': value })).internalParameters).toMatchObject({
        circleci: { ssh_rerun: true }
      })
    }
  })

  test('is of the organisation whose issuer it has', () => {
    expect(builderOf(circleci({ 'org-id': undefined })).internalParameters).toMatchObject({
      circleci: { org_id: '3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11' }
    })
  })
})

describe('a plain builder', () => {
  test('is what its operator says', () => {
    const source = { uri: 'git+https://git.example/project@refs/heads/main', commit: 'b'.repeat(40) }
    expect(plainBuilder({ id: 'https://ci.example/1', source, invocationId: 'https://ci.example/1/runs/2' })).toEqual({
      kind: 'plain',
      id: 'https://ci.example/1',
      buildType: 'https://nix-seed.dev/build-types/plain/v1',
      externalParameters: { source: { uri: source.uri } },
      internalParameters: {},
      source,
      invocationId: 'https://ci.example/1/runs/2'
    })
  })

  test('with a token is its subject', () => {
    expect(builderOf({ iss: 'https://ci.example', sub: 'https://ci.example/builders/1' })).toMatchObject({
      kind: 'plain',
      id: 'https://ci.example/builders/1'
    })
  })

  test.each(['urn:uuid:3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11', 'spiffe://ci.example/1', 'https://ci.example:8443/a@b'])(
    'may be %s',
    id => {
      expect(plainBuilder({ id }).id).toBe(id)
    }
  )

  test.each([
    '',
    'builder',
    '/a',
    '//host/a',
    'https://',
    'https://user@host/',
    'https://a b/',
    'https://h/\n',
    'https://h/ä'
  ])('may not be %j', id => {
    expect(() => plainBuilder({ id })).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  test.each([
    [{ uri: 'git+https://u:hunter2@h/x', commit: 'a'.repeat(40) }],
    [{ uri: 'here', commit: 'a'.repeat(40) }],
    [{ uri: 'git+https://h/x', commit: 'main' }]
  ])('may not have the source %j', source => {
    const attempt = (): unknown => plainBuilder({ id: 'https://ci.example/1', source })
    expect(attempt).toThrow(expect.objectContaining({ code: 'USAGE' }))
    expect(attempt).not.toThrow('hunter2')
  })
})

describe('a token of nobody in particular', () => {
  test.each([
    ['a person', { sub: 'CgVhbGljZRIGZ2l0aHVi', email: 'alice@example.org', email_verified: true }],
    ['nothing', {}]
  ])('is refused: %s', (_what, claims) => {
    expect(() => builderOf(claims)).toThrow(expect.objectContaining({ code: 'IDENTITY_INVALID' }))
  })

  test('is refused: two providers at once', () => {
    expect(() => builderOf({ ...gitlab(), ...github() })).toThrow('two different CI providers')
  })
})
