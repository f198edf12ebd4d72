import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { PUBLIC_SERVICES } from '../../../src/attest/services.ts'
import { SeedError } from '../../../src/errors.ts'
import { INPUTS } from '../../../src/phases/input-names.ts'
import { parseInputs, secretsOf } from '../../../src/phases/inputs.ts'
import type { InputName } from '../../../src/phases/input-names.ts'
import type { Inputs } from '../../../src/phases/inputs.ts'
import type { JobContext } from '../../../src/runner.ts'
import { createInputs, createJob, rawInputs } from '../../support/inputs.ts'

type Given = Partial<Record<InputName, string>>

const parse = (given: Given = {}, job: Partial<JobContext> = {}): Inputs =>
  parseInputs(rawInputs(given), createJob(job))

/** The whole text of the failure. */
function refusal(given: Record<string, string>, job: Partial<JobContext> = {}): string {
  try {
    parseInputs(rawInputs(given), createJob(job))
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    expect(error.code).toBe('USAGE')
    return `${error.message} ${error.hint ?? ''}`
  }
  throw new Error(`taken: ${JSON.stringify(given)}`)
}

describe('when a workflow gives nothing', () => {
  test('inputs are those of the documentation', () => {
    expect(parse()).toEqual({
      mode: 'restore',
      flake: '.',
      image: { kind: 'registry', host: 'ghcr.io', repository: 'octo/hello/seed' },
      registryIsForge: true,
      registryUsername: 'mona',
      registryPassword: 'ghs_job',
      insecureRegistry: false,
      trustedImages: [],
      tags: [],
      staleSeed: 'use',
      for: [],
      strategy: 'auto',
      required: false,
      githubToken: 'ghs_job',
      nixReleases: 'https://releases.nixos.org/nix',
      extraNixConf: [],
      substituters: [],
      trustedPublicKeys: [],
      kvm: true,
      cache: true,
      sign: true,
      signing: { ...PUBLIC_SERVICES, audience: 'sigstore' },
      pin: true,
      pinBranch: 'nix-seed',
      pullRequestToken: 'ghs_job',
      pullRequestBase: 'main',
      pullRequestBranch: 'update-seed',
      pullRequestLabels: [],
      pullRequestReviewers: [],
      pullRequestTeamReviewers: [],
      pullRequestDraft: false,
      pullRequestAutoMerge: 'off',
      verify: 'digest',
      summary: true,
      warnings: []
    })
  })

  test('and neither if it gives empty text, as an expression without a value does', () => {
    const empty = Object.fromEntries(Object.keys(INPUTS).map(name => [name, ' ']))
    expect(parse({ ...empty, 'github-token': 'ghs_job' })).toEqual(parse())
  })

  test('they are frozen, all through', () => {
    const inputs = parse({ tags: 'a' })
    expect(() => Object.assign(inputs, { mode: 'seed' })).toThrow(TypeError)
    expect(() => (inputs.tags as string[]).push('b')).toThrow(TypeError)
    expect(() => Object.assign(inputs.image, { host: 'evil.example' })).toThrow(TypeError)
  })
})

test('the factory of tests makes inputs of what it is given', () => {
  expect(createInputs({ mode: 'seed' })).toEqual({ ...parse(), mode: 'seed' })
})

describe('booleans', () => {
  test.each(['true', 'True', 'TRUE'])('%s is true', text => {
    expect(parse({ required: text }).required).toBe(true)
  })

  test.each(['false', 'False', 'FALSE'])('%s is false', text => {
    expect(parse({ kvm: text }).kvm).toBe(false)
  })

  test.each(['yes', 'no', 'on', 'off', '1', '0', 'tRUE', 'true false'])(
    '%s is refused, and what is taken is told',
    text => {
      expect(refusal({ cache: text })).toMatch(
        /cache: ".*" is no boolean\. Write true or false \(True, TRUE, False and FALSE/
      )
    }
  )
})

describe('choices', () => {
  test.each([
    ['mode', 'publish', 'Write one of restore, seed'],
    ['stale-seed', 'USE', 'Write one of use, ignore'],
    ['strategy', 'copy', 'Write one of auto, mount, unpack'],
    ['format', 'erofs', 'Write one of oci,erofs, oci'],
    ['pull-request-auto-merge', 'true', 'Write one of off, merge, squash, rebase']
  ] as const)('%s: %s is refused', (name, text, hint) => {
    expect(refusal({ [name]: text })).toContain(hint)
  })
})

describe('the seed on the machine', () => {
  test('is what some outputs need, written as Nix takes them', () => {
    expect(parse({ for: ' hello,.#docs  packages.x86_64-linux.hello\n./#a,#b ' }).for).toEqual([
      'hello',
      '.#docs',
      'packages.x86_64-linux.hello',
      './#a',
      '#b'
    ])
  })

  test.each([
    ['nixpkgs#hello', 'an output of another flake'],
    ['./nix/ci#hello', 'an output of another flake'],
    ['--undo', 'is no output'],
    ['.#a#b', 'is no output'],
    ['.#a\u0000', 'is no output']
  ])('is not for %j', (text, what) => {
    expect(refusal({ for: text })).toContain(what)
  })

  test('is kept in a folder of its own, up to a size', () => {
    const inputs = parse({ strategy: 'mount', 'cache-dir': '/var/seeds//x/', 'cache-size': '2.5g' })
    expect(inputs).toMatchObject({ strategy: 'mount', cacheDir: '/var/seeds/x', cacheSize: 2_500_000_000 })
    expect(parse({ 'cache-size': '500MB' }).cacheSize).toBe(500_000_000)
    expect(parse({ 'cache-size': '0' }).cacheSize).toBe(0)
  })

  test.each(['seeds', '~/seeds', './seeds', '/', '//', '/a\nb'])('is not kept in %j', folder => {
    expect(refusal({ 'cache-dir': folder })).toContain('is no absolute path of a folder. Write it as in /var')
  })

  test.each(['big', '-1', '1 GiB', '10X', '1e9', 'G'])('does not take %s', size => {
    expect(refusal({ 'cache-size': size })).toContain('is no size. Write it as in 500M or 20G')
  })

  test('is published as the format says, however it is written', () => {
    expect(parse({ format: 'oci, erofs' }).format).toBe('oci,erofs')
    expect(parse({ format: 'oci' }).format).toBe('oci')
  })
})

describe('the image', () => {
  test('is of an Enterprise server’s own registry by default, and the token is for it', () => {
    const inputs = parse({}, { serverUrl: 'https://git.example.org' })
    expect(inputs.image).toMatchObject({ host: 'containers.git.example.org', repository: 'octo/hello/seed' })
    expect(inputs.registryPassword).toBe('ghs_job')
  })

  test('of github.com’s registry gets no token of an Enterprise server', () => {
    const inputs = parse({ image: 'ghcr.io/octo/seed' }, { serverUrl: 'https://git.example.org' })
    expect(inputs.registryIsForge).toBe(false)
    expect(inputs).not.toHaveProperty('registryPassword')
  })

  test('of another host gets no token, and the credentials that are given for it', () => {
    expect(parse({ image: 'registry.example.org/seed' })).not.toHaveProperty('registryPassword')
    const login = { 'registry-username': 'me', 'registry-password': 's3cret' }
    expect(parse({ image: 'registry.example.org/seed', ...login })).toMatchObject({
      registryUsername: 'me',
      registryPassword: 's3cret'
    })
  })

  test.each([
    ['ghcr.io/Octo/Hello/seed', 'lower case only: ghcr.io/octo/hello/seed'],
    ['ghcr.io/octo/seed:latest', 'Write ghcr.io/octo/seed'],
    [`ghcr.io/octo/seed@sha256:${'a'.repeat(64)}`, 'Write ghcr.io/octo/seed'],
    ['https://ghcr.io/octo/seed', 'without the scheme'],
    ['oci:./seed', 'is a folder'],
    ['seed', 'names no registry host'],
    ['user:pw@ghcr.io/octo/seed', 'holds a user name or password']
  ])('%s is refused', (image, said) => {
    const text = refusal({ image })
    expect(text).toContain(said)
    expect(text).not.toContain('pw@')
  })

  test('must be named where the repository’s name makes none', () => {
    expect(refusal({}, { repository: { owner: 'octo', name: '.github' } })).toMatch(/image: the repository’s name/)
    expect(
      parse({ image: 'ghcr.io/octo/x' }, { repository: { owner: 'octo', name: '.github' } }).image.repository
    ).toBe('octo/x')
  })

  test('has others beside it that pins may name', () => {
    const text = 'ghcr.io/a/seed, registry.example.org:5000/b\nghcr.io/a/seed'
    expect(parse({ 'trusted-images': text }).trustedImages).toEqual([
      { kind: 'registry', host: 'ghcr.io', repository: 'a/seed' },
      { kind: 'registry', host: 'registry.example.org:5000', repository: 'b' }
    ])
    expect(refusal({ 'trusted-images': 'ghcr.io/a/* ghcr.io/b' })).toContain('trusted-images')
  })
})

describe('credentials', () => {
  test('a password needs a user name', () => {
    expect(refusal({ image: 'registry.example.org/seed', 'registry-password': 'x' })).toContain(
      'Give registry-username'
    )
  })

  test('a user name without a password is a warning, and none where a fork gets no secrets', () => {
    const given: Given = { image: 'registry.example.org/seed', 'registry-username': 'me' }
    expect(parse(given).warnings).toEqual([expect.stringContaining('registry-password is empty')])
    expect(parse(given)).not.toHaveProperty('registryUsername')
    expect(parse(given, { isFork: true }).warnings).toEqual([])
  })

  test.each(['registry-password', 'github-token', 'pull-request-token', 'cachix-auth-token', 'cachix-signing-key'])(
    '%s with a line end is refused, and not shown',
    name => {
      const text = refusal({ [name]: 'first-half\nsecond-half', 'registry-username': 'me', 'cachix-name': 'mine' })
      expect(text).toContain(`${name}: the secret holds a line end`)
      expect(text).not.toMatch(/first-half|second-half/)
    }
  )

  test('are told, all and once, for masking', () => {
    const inputs = parse({
      'registry-password': 'a',
      'registry-username': 'u',
      'github-token': 'b',
      'pull-request-token': 'c',
      'cachix-name': 'mine',
      'cachix-auth-token': 'd',
      'cachix-signing-key': 'e'
    })
    expect(secretsOf(inputs).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(secretsOf(parse())).toEqual(['ghs_job'])
    expect(secretsOf(parse({ 'github-token': '' }))).toEqual([])
  })
})

describe('the flake', () => {
  test.each([
    ['.', '.'],
    ['./', '.'],
    ['nix/ci/', 'nix/ci'],
    ['./a/../b', 'b'],
    ['/runner/jobs/Hello/Hello', '.'],
    ['/runner/jobs/Hello/Hello/sub', 'sub'],
    ['dots..in/name', 'dots..in/name']
  ])('%s is %s', (text, folder) => {
    expect(parse({ flake: text }).flake).toBe(folder)
  })

  test.each(['..', '../x', 'a/../../x', '/etc', '/runner/jobs/Hello/HelloX', 'github:o/r', '.?dir=x', 'a\\b', 'a\nb'])(
    '%j is refused',
    text => {
      expect(refusal({ flake: text })).toContain('Write a folder of the checkout')
    }
  )

  test('with an attribute tells where that goes', () => {
    expect(refusal({ flake: '.#seed' })).toContain('The attribute has an input of its own')
    expect(refusal({ attribute: '.#packages.x.seed' })).toContain('alone: "packages.x.seed"')
  })

  test.each(['packages.x86_64-linux.seed', 'seed', 'packages."x.y".z'])('takes the attribute %s', text => {
    expect(parse({ attribute: text }).attribute).toBe(text)
  })

  test.each(['a b', '.a', 'a..b', 'a.', '-a', 'github:x'])('takes no attribute %s', text => {
    expect(refusal({ attribute: text })).toContain('attribute:')
  })
})

describe('lists', () => {
  test('are split at white space, commas and line ends', () => {
    expect(parse({ tags: ' a,b\n c\r\n,, a ' }).tags).toEqual(['a', 'b', 'c'])
    expect(parse({ 'pull-request-labels': 'help wanted, nix\nseed' }).pullRequestLabels).toEqual([
      'help wanted',
      'nix',
      'seed'
    ])
  })

  test('of reviewers hold users and teams', () => {
    const inputs = parse({ 'pull-request-reviewers': '@mona, octo/core Octo/nix.ops' })
    expect(inputs.pullRequestReviewers).toEqual(['mona'])
    expect(inputs.pullRequestTeamReviewers).toEqual(['core', 'nix.ops'])
    expect(refusal({ 'pull-request-reviewers': 'other/core' })).toContain('is not of octo')
    expect(refusal({ 'pull-request-reviewers': 'mona@example.org' })).toContain('neither a user nor a team')
  })

  test('of tags are checked', () => {
    expect(refusal({ tags: 'good -bad' })).toContain('"-bad" is no tag')
  })
})

describe('settings of Nix', () => {
  test('lines are as Nix takes them', () => {
    const lines = ['max-jobs = 2', '# note', 'sandbox =', '!include extra.conf', 'cores = 4 # all']
    expect(parse({ 'extra-nix-conf': `\n${lines.join('\n')}\n\n` }).extraNixConf).toEqual(lines)
  })

  test.each(['max-jobs=2', 'max-jobs', 'include', 'include a b', 'access-tokens: github.com=ghp_secret'])(
    '%s is refused, and no value is shown',
    line => {
      const text = refusal({ 'extra-nix-conf': `cores = 1\n${line}` })
      expect(text).toContain('Write NAME = VALUE')
      expect(text).not.toContain('ghp_secret')
    }
  )

  test('keys are public ones', () => {
    const key = `cache.example.org-1:${'A'.repeat(43)}=`
    expect(parse({ 'trusted-public-keys': `${key} ${key}` }).trustedPublicKeys).toEqual([key])
    const secret = `cache.example.org-1:${'B'.repeat(86)}==`
    const text = refusal({ 'trusted-public-keys': secret })
    expect(text).toContain('is a secret key')
    expect(text).not.toContain('BBBB')
    expect(refusal({ 'trusted-public-keys': 'cache:short' })).toContain('the key cache is malformed')
  })

  test.each([
    'https://cache.example.org?priority=10',
    's3://bucket?region=eu',
    'http://127.0.0.1:5000',
    'ssh://nix@host'
  ])('%s is a substituter', text => {
    expect(parse({ substituters: text }).substituters).toEqual([text])
  })

  test.each(['http://cache.example.org', 'https://me:pw@cache.example.org', 'cache.example.org', 'ftp://x'])(
    '%s is none',
    text => {
      const said = refusal({ substituters: text })
      expect(said).toContain('substituters:')
      expect(said).not.toContain('pw')
    }
  )

  test('a release has a number, and its checksum needs one', () => {
    const sha256 = 'AB'.repeat(32)
    expect(parse({ 'nix-version': '2.31.2', 'nix-sha256': sha256 })).toMatchObject({
      nixVersion: '2.31.2',
      nixSha256: sha256.toLowerCase()
    })
    expect(refusal({ 'nix-version': 'latest' })).toContain('is no release of Nix')
    expect(refusal({ 'nix-sha256': sha256 })).toContain('Give nix-version too')
    expect(refusal({ 'nix-version': '2.31.2', 'nix-sha256': 'abc' })).toContain('is no SHA-256')
  })

  test('releases come over HTTPS, but from loopback', () => {
    expect(parse({ 'nix-releases': 'http://localhost:8000/nix/' }).nixReleases).toBe('http://localhost:8000/nix')
    expect(refusal({ 'nix-releases': 'http://mirror.example.org/nix' })).toContain('is not an https address')
    expect(refusal({ 'nix-releases': 'https://mirror.example.org/nix?x=1' })).toContain('has a query')
  })
})

describe('Cachix', () => {
  test('secrets need the name of the cache', () => {
    expect(refusal({ 'cachix-auth-token': 't' })).toContain('Give cachix-name too')
    expect(refusal({ 'cachix-signing-key': 'k' })).toContain('Give cachix-name too')
    expect(parse({ 'cachix-name': 'mine', 'cachix-auth-token': 't' })).toMatchObject({
      cachixName: 'mine',
      cachixAuthToken: 't'
    })
  })

  test('a key alone has no effect, and that is told', () => {
    expect(parse({ 'cachix-name': 'mine', 'cachix-signing-key': 'k' }).warnings).toEqual([
      expect.stringContaining('cachix-signing-key has no effect')
    ])
  })
})

describe('signing', () => {
  const own = {
    'fulcio-url': 'https://fulcio.example.org/',
    'rekor-url': 'http://127.0.0.1:3000',
    'timestamp-url': 'none'
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  const builder = 'https://example.org/builders/ci'

  test('is done with the services that the workflow names, or without some of them', () => {
    expect(parse({ ...own, 'oidc-audience': 'own' }).signing).toEqual({
      fulcioUrl: 'https://fulcio.example.org',
      rekorUrl: 'http://127.0.0.1:3000',
      rekorVersion: 1,
      timestampUrl: undefined,
      audience: 'own'
    })
    const v2 = { ...own, 'rekor-version': '2', 'timestamp-url': 'https://tsa.example.org' }
    expect(parse(v2).signing).toMatchObject({ rekorVersion: 2, timestampUrl: 'https://tsa.example.org' })
    expect(parse({ 'rekor-url': 'none' }).signing.rekorUrl).toBeUndefined()
    expect(parse({ sign: 'false' }).sign).toBe(false)
  })

  test.each([
    [{ 'fulcio-url': 'none' }, 'fulcio-url: "none" is no URL'],
    [{ 'fulcio-url': 'http://fulcio.example.org' }, 'fulcio-url: "http://fulcio.example.org" is not an https address'],
    [{ 'rekor-url': 'None' }, 'rekor-url: "None" is no URL'],
    [{ 'rekor-url': 'https://user:pw@rekor.example.org' }, 'rekor-url: '],
    [{ 'timestamp-url': 'https://tsa.example.org/?key=pw' }, 'timestamp-url: '],
    [{ 'rekor-version': '3' }, 'Write one of 1, 2'],
    [{ 'rekor-version': '2' }, 'rekor-version: it is not known which log of version 2 is meant'],
    [{ 'rekor-url': 'none', 'timestamp-url': 'none' }, 'timestamp-url: "none" cannot be: there is no log either'],
    [{ ...own, 'rekor-version': '2' }, 'timestamp-url: "none" cannot be: a log of version 2 says no time'],
    [{ 'fulcio-url': own['fulcio-url'] }, 'rekor-url: it is the public one, and the certificate authority'],
    [{ ...own, 'timestamp-url': '' }, 'timestamp-url: it is the public one'],
    [{ 'oidc-audience': 'a\nb' }, 'oidc-audience: it has several lines']
  ])('is refused where nobody could tell what or when: %j', (given, said) => {
    const text = refusal(given)
    expect(text).toContain(said)
    expect(text).not.toContain('pw')
  })

  test('takes a key, and who it is', () => {
    const given = { 'signing-key': pem, 'signing-key-passphrase': 'open', 'builder-id': builder }
    expect(parse(given).signing.key).toEqual({ pem, passphrase: 'open', builderId: builder })
    expect(parse({ 'signing-key': pem.replaceAll('\n', '\r\n'), 'builder-id': builder }).signing.key).toBeDefined()
    // Nobody asks a certificate authority then.
    expect(parse({ ...given, 'fulcio-url': 'https://fulcio.example.org' }).signing.key).toBeDefined()
  })

  test.each([
    ['is a public one', publicKey.export({ type: 'spki', format: 'pem' }).toString().trim(), 'it is a public key'],
    ['has lost its line ends', pem.replaceAll('\n', ' '), 'it is no private key in PEM'],
    ['has lost its end', pem.slice(0, -10), 'it is no private key in PEM'],
    ['is the name of a file', '/home/me/key.pem', 'it is no private key in PEM']
  ])('refuses a key that %s, and shows nothing of it', (_, text, said) => {
    const shown = refusal({ 'signing-key': text, 'builder-id': builder })
    expect(shown).toContain(`signing-key: ${said}`)
    expect(shown).not.toContain(text.slice(30, 50) || text)
  })

  test.each(['ci', 'https://user:pw@example.org/ci'])('refuses the builder %s', text => {
    const shown = refusal({ 'signing-key': pem, 'builder-id': text })
    expect(shown).toContain('builder-id: ')
    expect(shown).not.toContain('pw')
  })

  test('with a key needs to know whose it is, and without one must not look as if there were one', () => {
    expect(refusal({ 'signing-key': pem })).toContain('builder-id: it is needed with signing-key')
    const given = { 'builder-id': builder, 'signing-key': '', 'signing-key-passphrase': 'pass phrase' }
    const text = refusal(given)
    expect(text).toContain('builder-id: there is no signing-key that it is for')
    expect(text).toContain('signing-key-passphrase: there is no signing-key')
    expect(text).not.toContain('pass phrase')
    // A pull request of a fork gets no secrets.
    expect(parse(given, { isFork: true }).signing.key).toBeUndefined()
  })

  test('has every line of the key masked, and the passphrase', () => {
    const given = { 'signing-key': pem, 'signing-key-passphrase': 'open', 'builder-id': builder }
    const secrets = secretsOf(parse(given))
    const lines = pem.split('\n').slice(1, -1)
    expect(secrets).toEqual(expect.arrayContaining([pem, ...lines, lines.join(''), 'open', 'ghs_job']))
    // The rest of a key in a short last line would hide half of the log.
    expect(secretsOf(parse({ ...given, 'signing-key': pem.replace(/\n(-----END)/, '\nAA==\n$1') }))).not.toContain(
      'AA=='
    )
  })
})

describe('branches', () => {
  test.each(['a', 'feature/x', 'renovate/nix-2.x', 'ünïcode', 'a-b_c.d'])('%s is a name', name => {
    expect(parse({ 'pin-branch': name }).pinBranch).toBe(name)
  })

  test.each(
    // The rules of git check-ref-format, one by one.
    ['.a', 'a/.b', 'a.lock', 'a.lock/b', 'a..b', 'a b', 'a~1', 'a^', 'a:b', 'a?', 'a*', 'a[b', '/a', 'a/', 'a//b', 'a.', 'a@{1}', '@', 'a\\b', '-a', 'HEAD', 'a\u007fb', 'refs/heads/a', 'a'.repeat(300), '0123456789'.repeat(4)] // prettier-ignore
  )('%j is none', name => {
    expect(refusal({ 'pull-request-branch': name })).toContain('pull-request-branch: ')
  })

  test.each([
    [{ 'pin-branch': 'seed', 'pull-request-branch': 'seed/update' }, 'pull-request-branch: "seed/update" cannot exist'],
    [{ 'pin-branch': 'update-seed' }, 'cannot exist beside pin-branch'],
    [{ 'pin-branch': 'main/seed' }, 'pin-branch: "main/seed" cannot exist beside the base'],
    [{ 'pull-request-base': 'update-seed' }, 'pull-request-branch: "update-seed" cannot exist beside the base']
  ])('that collide are refused: %j', (given, said) => {
    expect(refusal(given)).toContain(said)
  })

  test.each([
    ['a push', {}, 'main'],
    ['a push to a branch', { ref: 'refs/heads/release/1', defaultBranch: 'main' }, 'release/1'],
    ['a tag', { ref: 'refs/tags/v1', refType: 'tag', refName: 'v1' }, 'main'],
    ['a pull request', { ref: 'refs/pull/1/merge', refName: '1/merge' }, 'main'],
    ['a merge queue', { ref: 'refs/heads/gh-readonly-queue/main/pr-1-abc' }, 'main'],
    ['the pull request’s own branch', { ref: 'refs/heads/update-seed' }, 'main']
  ])('the base of %s', (_, job, base) => {
    expect(parse({}, job).pullRequestBase).toBe(base)
  })

  test('the base is left open where the event does not tell', () => {
    const { defaultBranch: _, ...job } = createJob({ ref: 'refs/tags/v1' })
    expect(parseInputs(rawInputs(), job)).not.toHaveProperty('pullRequestBase')
  })
})

test('a draft cannot be merged by itself', () => {
  const given = { 'pull-request-draft': 'true', 'pull-request-auto-merge': 'squash' }
  expect(refusal(given)).toContain('a draft cannot be merged')
})

describe('names', () => {
  test.each([
    ['extra_nix_config', 'extra-nix-conf'],
    ['nix_path', 'NIX_PATH'],
    ['github_access_token', 'github-token'],
    ['install_url', 'nix-version'],
    ['name', 'cachix-name'],
    ['authtoken', 'cachix-auth-token'],
    ['signingkey', 'cachix-signing-key'],
    ['extra-conf', 'extra-nix-conf'],
    ['source-url', 'nix-releases'],
    ['enable_kvm', 'kvm'],
    ['pull_request_title', 'pull-request-title'],
    ['registrypassword', 'registry-password'],
    ['stale_seed', 'stale-seed'],
    ['tag', 'tags']
  ])('%s of elsewhere is refused, with %s', (name, ours) => {
    const text = refusal({ [name]: 'value' })
    expect(text).toContain(`${name}: `)
    expect(text).toContain(ours)
  })

  test.each([
    ['attribut', 'did you mean attribute?'],
    ['pull-request-titel', 'did you mean pull-request-title?'],
    ['required!', 'did you mean required?']
  ])('%s is unknown: %s', (name, guess) => {
    const { warnings } = parseInputs(rawInputs({ [name]: 'x' }), createJob())
    expect(warnings).toEqual([expect.stringContaining(guess)])
  })

  test('that resemble none are unknown without a guess', () => {
    expect(parseInputs(rawInputs({ 'zstd-level': '3' } as Given), createJob()).warnings).toEqual([
      'there is no input "zstd-level", it has no effect'
    ])
  })
})

test('everything that is wrong is told at once', () => {
  const text = refusal({ mode: 'x', kvm: 'y', extra_nix_config: 'z', 'pin-branch': 'a b', tags: 'ok' })
  expect(text).toMatch(/^4 inputs cannot be used:\n/)
  for (const name of ['mode', 'kvm', 'extra_nix_config', 'pin-branch']) expect(text).toContain(`\n- ${name}: `)
})
