/**
 * `nix-seed verify` over what four builders really attest: on three Sigstores that know nothing of each other and with a
 * key, in real registries, with cosign and oras as witnesses of what is done after a pass.
 */
import { generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { SCHEMA_ID } from '../../src/attest/policy.ts'
import { MARK_TYPE } from '../../src/seed/mark.ts'
import type { Verification } from '../../src/seed/verification.ts'
import { output, requireLab, run, useService, type CommandResult } from '../support/lab.ts'
import { nixSeed, nixSeedJson } from '../support/project.ts'
import { as, IDENTITY, useSignedSeeds, type Signed } from '../support/signed-seeds.ts'
import { circleciClaims, gitlabClaims, startSigstore, type LocalSigstore } from '../support/sigstore.ts'

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const GITLAB = 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main'
const CIRCLECI =
  'https://circleci.com/api/v2/projects/7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10/pipeline-definitions/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'
const OWN = 'https://ci.example.org/seed'

jest.setTimeout(300_000)
requireLab()
const seeds = useSignedSeeds()
const { folder, sigstore, project, options } = seeds
const registry = useService('registry')
const crane = useService('crane-registry')
let gitlab: LocalSigstore
let circleci: LocalSigstore
afterAll(() => Promise.all([gitlab, circleci].map(each => each.close())))

/** Of the seed that all of them build. */
let digest = ''
let commit = ''
const image = (host: string): string => `${host}/org/repo/seed@${digest}`
const file = (name: string): string => join(folder(), name)

/** The environment of a job with another Sigstore, and an identity there or none. */
const jobOf = (
  { fulcioUrl, rekorUrl, timestampUrl }: LocalSigstore,
  token?: string
): Record<string, string | undefined> => ({
  SIGSTORE_FULCIO_URL: fulcioUrl,
  SIGSTORE_REKOR_URL: rekorUrl,
  SIGSTORE_TIMESTAMP_URL: timestampUrl,
  SIGSTORE_ID_TOKEN: token,
  ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined
})

beforeAll(async () => {
  ;[gitlab, circleci] = await Promise.all([
    startSigstore({ issuerType: 'gitlab-pipeline' }),
    startSigstore({ issuerType: 'circleci' })
  ])
  commit = await output(['git', '-C', project().folder, 'rev-parse', 'HEAD'])
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(file('own.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  mkdirSync(file('policy'))
  writeFileSync(file('policy/own.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  for (const [name, each] of Object.entries({ github: sigstore(), gitlab, circleci })) {
    mkdirSync(file(`policy/${name}`))
    each.trustedRootFile(file(`policy/${name}`))
  }
  writeFileSync(file('policy/seed-policy.jsonc'), policyText())

  // Two of them publish and attest where everybody looks, and two elsewhere: their bundles come as files.
  const here = `${registry().address}/org/repo/seed`
  const there = `${crane().address}/org/repo/seed`
  const signing = (bundles: string): string[] => ['--sign', '--bundle-dir', file(bundles)]
  const published = await nixSeedJson<Signed>(
    ['publish', '--to', here, '--tag', 'newest', ...signing('github')],
    options()
  )
  digest = published.digest
  const keyed = ['--key', file('own.pem'), '--builder-id', OWN, '--bundle-dir', file('own')]
  const token = gitlab.issuer.token(gitlabClaims({ sha: commit }))
  const attested = await nixSeed(
    ['attest', image(registry().address), '--bundle-dir', file('gitlab')],
    options(jobOf(gitlab, token))
  )
  expect(attested).toMatchObject({ code: 0 })
  const other = await nixSeedJson<Signed>(
    ['publish', '--to', there, ...signing('circleci')],
    options(jobOf(circleci, circleci.issuer.token(circleciClaims())))
  )
  expect(other.digest).toBe(digest)
  expect(await nixSeed(['attest', image(crane().address), ...keyed], options(jobOf(circleci)))).toMatchObject({
    code: 0
  })

  mkdirSync(file('bundles'))
  for (const name of ['github', 'gitlab', 'circleci', 'own']) {
    const [bundle = ''] = readdirSync(file(name)).filter(each => each.endsWith('.sigstore.json'))
    cpSync(join(file(name), bundle), file(`bundles/${name}.sigstore.json`))
  }
  writeFileSync(file('bundles/notes.json'), '{"note": "not a bundle"}')
})

function policyText(): string {
  const builder = (id: string, organisation: string, { issuer }: LocalSigstore, identity: string): object => {
    return { id, organisation, issuer: issuer.issuer, identity, trustRoot: `${id}/trusted-root.json` }
  }
  const builders = [
    builder('github', 'Microsoft', sigstore(), IDENTITY),
    builder('gitlab', 'GitLab', gitlab, GITLAB),
    builder('circleci', 'CircleCI', circleci, CIRCLECI),
    { id: 'own', organisation: 'Example Foundation', publicKey: 'own.pub', trustRoot: 'circleci/trusted-root.json' }
  ]
  return `// Three of these four.\n${JSON.stringify({ $schema: SCHEMA_ID, threshold: 3, builders }, null, 2)}\n`
}

const verify = (reference: string, ...argv: string[]): Promise<CommandResult> => {
  const policy = argv.includes('--policy') ? [] : ['--policy', 'policy/seed-policy.jsonc']
  return nixSeed(['verify', reference, ...policy, ...argv], { cwd: folder(), env: jobOf(sigstore()) })
}

describe('before enough builders have attested', () => {
  test('it is not verified, and the table says who is missing', async () => {
    const reference = image(registry().address)
    const { code, stdout, stderr } = await verify(reference, '--commit', commit, '--annotate')
    expect(code).toBe(3)
    expect(stdout).toMatch(/^ {2}✓ {2}github {3}[0-9a-f]{12} {2}\S+ \S+Z {2}counted$/m)
    expect(stdout).toMatch(/^ {2}✓ {2}gitlab {3}/m)
    expect(stdout).toContain('✗ not verified: 2 of 3 builders attested this digest: github, gitlab; 1 more is needed')
    expect(stderr).toContain('Have it attested by more builders: circleci, own.\n  Nothing was annotated.\n')
    expect((await verify(reference, '--threshold', '2')).code).toBe(0)
  })

  test('a tag is wrong use, and the digest that it leads to is told', async () => {
    const { code, stdout, stderr } = await verify(`${registry().address}/org/repo/seed:newest`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`Now it is ${image(registry().address)}`)
  })

  test('the log tells of a bundle that is not here', async () => {
    const { code, stdout } = await verify(image(crane().address), '--rekor-url', gitlab.rekorUrl, '--json')
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      builders: ['circleci', 'own'],
      witness: { state: 'searched', found: 1, strays: [{ builder: 'gitlab', identity: GITLAB }] }
    })
  })

  test('it is verified by files, and nobody is asked', async () => {
    const nowhere = image('127.0.0.1:1')
    const { code, stdout } = await verify(nowhere, '--offline', '--bundle', 'bundles', '--commit', commit)
    expect(code).toBe(0)
    expect(stdout).toContain('  file bundles/notes.json: ')
    expect(stdout).toContain('✓ verified: 3 independent builders attested this digest: github, gitlab, circleci\n')
    const alone = await verify(nowhere, '--offline', '--bundle', 'bundles/own.sigstore.json')
    expect(alone.code).toBe(3)
  })
})

describe.each([
  ['of Docker’s', () => registry().address, CIRCLECI, () => circleci, 'circleci'],
  ['of Google’s tools', () => crane().address, GITLAB, () => gitlab, 'gitlab']
] as const)('in a registry %s', (_, host, identity, signer, name) => {
  test('the bundles in files make it a quorum, are attached and seen by others', async () => {
    const argv = ['--bundle', 'bundles', '--commit', commit, '--attach', '--annotate', '--json']
    const { code, stdout } = await verify(image(host()), ...argv)
    expect(code).toBe(0)
    const result = JSON.parse(stdout) as Verification & { attached: { digest: string }[]; mark: { digest: string } }
    expect(result).toMatchObject({ verified: true, builders: ['github', 'gitlab', 'circleci'] })
    expect(result.attached).toHaveLength(2)
    const discovered = JSON.parse(
      await output(['oras', 'discover', '--plain-http', '--format', 'json', '--depth', '1', image(host())])
    ) as Discovered
    const referrers = discovered.referrers ?? discovered.manifests ?? []
    expect(referrers.filter(({ artifactType }) => artifactType === BUNDLE)).toHaveLength(4)
    expect(referrers.map(each => each.digest)).toEqual(expect.arrayContaining(result.attached.map(each => each.digest)))
    expect(referrers.find(each => each.digest === result.mark.digest)).toMatchObject({
      artifactType: MARK_TYPE,
      annotations: { 'dev.nix-seed.builders': 'github,gitlab,circleci' }
    })
    const cosign = await run([
      ...['cosign', 'verify-attestation', '--type', 'slsaprovenance1', '--allow-http-registry'],
      ...[
        '--trusted-root',
        file(`policy/${name}/trusted-root.json`),
        ...as(identity, signer().issuer.issuer),
        image(host())
      ]
    ])
    expect(cosign).toMatchObject({ code: 0 })
  })

  test('all four are found without the files, and nothing is attached twice', async () => {
    const { code, stdout } = await verify(image(host()), '--threshold', '4')
    expect(code).toBe(0)
    expect(stdout).toContain('✓ verified: 4 independent builders attested this digest: github, gitlab, circleci, own\n')
    const again = await verify(image(host()), '--bundle', 'bundles', '--commit', commit, '--attach', '--annotate')
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toContain('nothing to attach: all that is valid hangs on the image\nwas marked already')
  })
})

interface Discovered {
  referrers?: Referrer[]
  manifests?: Referrer[]
}

interface Referrer {
  artifactType: string
  digest: string
  annotations?: Record<string, string>
}

test('a summary of the verdict is signed, verifies with cosign, and is no vote', async () => {
  const token = sigstore().issuer.token()
  const env = jobOf(sigstore(), token)
  const argv = ['--sign', '--bundle-dir', file('summary'), '--json']
  const policy = ['--policy', 'policy/seed-policy.jsonc']
  const signed = await nixSeed(['verify', image(registry().address), ...policy, ...argv], { cwd: folder(), env })
  expect(signed).toMatchObject({ code: 0 })
  expect(signed.stdout + signed.stderr).not.toContain(token)
  expect(JSON.parse(signed.stdout)).toMatchObject({ verified: true, summary: { verifier: IDENTITY } })
  const cosign = await run([
    ...['cosign', 'verify-attestation', '--type', 'https://slsa.dev/verification_summary/v1', '--allow-http-registry'],
    ...['--trusted-root', file('policy/github/trusted-root.json'), ...as(IDENTITY, seeds.issuer())],
    image(registry().address)
  ])
  expect(cosign).toMatchObject({ code: 0 })
  const { stdout } = await verify(image(registry().address), '--threshold', '4', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ verified: true, builders: ['github', 'gitlab', 'circleci', 'own'] })
})

test('a policy in a flake is the same policy', async () => {
  mkdirSync(file('flake'))
  cpSync(file('policy'), file('flake/policy'), { recursive: true })
  writeFileSync(file('flake/policy/seed-policy.json'), policyText().replace(/^\/\/.*\n/, ''))
  writeFileSync(
    file('flake/flake.nix'),
    `{
      outputs = _: {
        seedCfg.policy =
          let
            policy = builtins.fromJSON (builtins.readFile ./policy/seed-policy.json);
            # Paths become files in the store.
            own = builder: builder // (if builder ? publicKey then { publicKey = ./policy/own.pub; } else { });
            rooted = builder: builder // { trustRoot = ./policy + "/\${builder.trustRoot}"; };
          in
          policy // { builders = map (builder: rooted (own builder)) policy.builders; };
      };
    }`
  )
  const reference = image(registry().address)
  const good = await verify(reference, '--policy', './flake#seedCfg.policy', '--json')
  expect(good).toMatchObject({ code: 0 })
  const byFile = await verify(reference, '--json')
  const digestOf = ({ stdout }: CommandResult): string => (JSON.parse(stdout) as Verification).policy.digest
  expect(digestOf(good)).toBe(digestOf(byFile))
  expect(JSON.parse(good.stdout)).toMatchObject({ policy: { source: './flake#seedCfg.policy' } })

  const check = await nixSeed(['policy', 'check', './flake#seedCfg.policy'], { cwd: folder() })
  expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining('3 of 4 builders must agree') })
  const missing = await verify(reference, '--policy', './flake#seedCfg.nothing')
  expect(missing).toMatchObject({ code: 2, stdout: '' })
  expect(missing.stderr).toMatch(/^nix-seed: the policy cannot be evaluated:\nerror: .*seedCfg\.nothing/)
})
