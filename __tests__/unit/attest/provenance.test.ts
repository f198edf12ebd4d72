import { describe, expect, test } from '@jest/globals'
import { certifiedBuilder, plainBuilder } from '../../../src/attest/builder.ts'
import { provenance } from '../../../src/attest/provenance.ts'
import { buildFacts } from '../../support/build-facts.ts'
import { githubClaims } from '../../support/sigstore.ts'

const identity = (claims: Record<string, unknown>) => ({
  token: '',
  subject: '',
  issuer: String(claims['iss']),
  claims,
  expires: new Date()
})
const github = certifiedBuilder(identity({ iss: 'https://token.actions.githubusercontent.com', ...githubClaims() }))
const plain = plainBuilder({ id: 'https://ci.example/builders/1' })

describe('provenance', () => {
  test('on GitHub is what GitHub itself would say, and more beside it', () => {
    const { predicate, ...statement } = provenance(github, buildFacts())
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'registry.example/octo-org/project/seed', digest: { sha256: '0123456789abcdef'.repeat(4) } }],
      predicateType: 'https://slsa.dev/provenance/v1'
    })
    expect(predicate.buildDefinition).toMatchObject({
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      internalParameters: {
        github: {
          event_name: 'push',
          repository_id: '1296269',
          repository_owner_id: '65',
          runner_environment: 'github-hosted'
        },
        checkout: buildFacts().checkout,
        nix: buildFacts().nix
      }
    })
    // Verifiers refuse what they do not know of these.
    expect(predicate.buildDefinition.externalParameters).toEqual({
      workflow: {
        ref: 'refs/heads/main',
        repository: 'https://github.com/octo-org/project',
        path: '.github/workflows/seed.yml'
      }
    })
    expect(predicate.buildDefinition.resolvedDependencies[0]).toEqual({
      uri: 'git+https://github.com/octo-org/project@refs/heads/main',
      digest: { gitCommit: '2c26b46b68ffc68ff99b453c1d30413413422d70' }
    })
    expect(predicate.runDetails).toMatchObject({
      builder: { id: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main' },
      metadata: { invocationId: 'https://github.com/octo-org/project/actions/runs/42/attempts/1' }
    })
  })

  test('names lock, inputs, derivation and closure', () => {
    expect(provenance(github, buildFacts()).predicate.buildDefinition.resolvedDependencies.slice(1)).toEqual([
      {
        name: 'flake.lock',
        uri: 'git+https://github.com/octo-org/project@refs/heads/main#flake.lock',
        digest: { sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }
      },
      {
        name: 'input nixpkgs',
        uri: 'github:NixOS/nixpkgs/205fd4226592cc83fd4c0885a3e4c9c400efabb5',
        // The hash of nothing, known by heart.
        digest: { sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
        mediaType: 'application/x-nix-nar',
        annotations: { narHash: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' }
      },
      { name: 'derivation', uri: 'file:///nix/store/0c5jqqg9d3v0w4g0r6nl2s8m1fz7x9yk-seed.json.drv' },
      { name: 'closure', digest: { sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' } }
    ])
  })

  test('names the seed that the machine started from, and the tree that was built', () => {
    const startedFrom = { uri: 'oci://ghcr.io/octo-org/project/seed', digest: `sha256:${'ab'.repeat(32)}` }
    const checkout = { narHash: buildFacts().checkout.narHash }
    const { internalParameters, resolvedDependencies } = provenance(github, buildFacts({ startedFrom, checkout }))
      .predicate.buildDefinition
    expect(internalParameters['checkout']).toEqual(checkout)
    const names = resolvedDependencies.map(({ name }) => name)
    expect(names.slice(-3)).toEqual(['derivation', 'seed', 'closure'])
    expect(resolvedDependencies.at(-2)).toEqual({
      name: 'seed',
      uri: 'oci://ghcr.io/octo-org/project/seed',
      digest: { sha256: 'ab'.repeat(32) }
    })
    const wrong = { ...startedFrom, digest: 'sha256:1' }
    expect(() => provenance(github, buildFacts({ startedFrom: wrong }))).toThrow(/the earlier seed/)
  })

  test('tells times, versions and the bill of materials', () => {
    expect(provenance(plain, buildFacts()).predicate.runDetails).toEqual({
      builder: { id: 'https://ci.example/builders/1', version: { 'nix-seed': '0.1.0', nix: '2.34.8', zstd: '1.5.7' } },
      metadata: { startedOn: '2026-03-01T09:00:00.000Z', finishedOn: '2026-03-01T09:04:12.345Z' },
      byproducts: [
        {
          name: 'bill of materials',
          digest: { sha256: 'fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9' },
          mediaType: 'application/vnd.cyclonedx+json',
          annotations: { size: 48213 }
        }
      ]
    })
  })

  test('leaves out what is not known', () => {
    const { lockSha256: _lock, derivation: _derivation, bill: _bill, ...facts } = buildFacts({ inputs: [] })
    const { buildDefinition, runDetails } = provenance(plain, facts).predicate
    expect(buildDefinition.resolvedDependencies.map(({ name }) => name)).toEqual(['closure'])
    expect(Object.keys(runDetails)).toEqual(['builder', 'metadata'])
    expect(JSON.stringify(runDetails)).not.toContain('null')
  })

  test('says where a lock is that is not at the root', () => {
    const [, lock] = provenance(github, buildFacts({ lockPath: 'nix/flake.lock' })).predicate.buildDefinition
      .resolvedDependencies
    expect(lock?.uri).toMatch(/@refs\/heads\/main#nix\/flake\.lock$/)
  })

  test('takes other hashes of inputs by their name', () => {
    const narHash = `sha512-${Buffer.alloc(64, 1).toString('base64')}`
    const inputs = [{ name: 'a/b', uri: 'path:/x', narHash }]
    const [input] = provenance(plain, buildFacts({ inputs })).predicate.buildDefinition.resolvedDependencies.slice(1)
    expect(input).toMatchObject({ name: 'input a/b', digest: { sha512: '01'.repeat(64) } })
  })

  test.each([
    ['no digest', { subject: { name: 'x', digest: 'latest' } }],
    ['a short digest', { subject: { name: 'x', digest: 'sha256:00' } }],
    ['a digest in capitals', { closureHash: `sha256:${'A'.repeat(64)}` }],
    ['a lock of another form', { lockSha256: 'sha256-x' }],
    ['an input without hash', { inputs: [{ name: 'x', uri: 'path:/x', narHash: 'sha256-' }] }],
    [
      'an input with a hash that is too long',
      { inputs: [{ name: 'x', uri: 'path:/x', narHash: `sha256-${'A'.repeat(88)}` }] }
    ]
  ])('refuses %s', (_what, facts) => {
    expect(() => provenance(plain, buildFacts(facts))).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }))
  })

  test.each([
    'git+https://user:hunter2@host/x',
    'https://user:hun/ter2@host/x',
    'https://user:a@hunter2@host/x',
    'https://user%3Ahunter2@host/x',
    'https://hunter2@host/x',
    'ssh://git:hunter2@host/x',
    'https://user:hunter2',
    'user:hunter2@host/x'
  ])('publishes no password: %s', uri => {
    const inputs = [{ name: 'x', uri, narHash: buildFacts().inputs[0]?.narHash ?? '' }]
    const attempt = (): unknown => provenance(plain, buildFacts({ inputs }))
    expect(attempt).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }))
    expect(attempt).toThrow(expect.objectContaining({ resource: expect.not.stringMatching(/hunter2|hun.ter2|ter2/) }))
    expect(attempt).not.toThrow('ter2')
  })

  test.each([
    'ssh://git@host/x',
    'git+https://ghe.example:8443/o/r@refs/heads/a@b.example',
    'path:/a@b',
    'github:o/r/1'
  ])('publishes what is no password: %s', uri => {
    const inputs = [{ name: 'x', uri, narHash: buildFacts().inputs[0]?.narHash ?? '' }]
    expect(JSON.stringify(provenance(plain, buildFacts({ inputs })))).toContain(JSON.stringify(uri))
  })

  test('publishes caches without passwords, and what is no address not at all', () => {
    const substituters = [
      'https://cache.nixos.org',
      'https://user:hunter2@host/x?token=hunter2',
      'https://user:hun/ter2@host/y',
      's3://bucket?profile=hunter2',
      'https://user:hunter2',
      'user:hunter2@host'
    ]
    const { internalParameters } = provenance(plain, buildFacts({ nix: { ...buildFacts().nix, substituters } }))
      .predicate.buildDefinition
    expect(internalParameters).toMatchObject({
      nix: {
        substituters: [
          ...['https://cache.nixos.org', 'https://host/x', 'https://host/y', 's3://bucket'],
          ...['unknown:address', 'unknown:address']
        ]
      }
    })
  })
})
