import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { parsePolicy, PolicyError } from '../../../src/attest/policy.ts'
import { loadPolicy } from '../../../src/cli/policy-file.ts'
import { SeedError } from '../../../src/errors.ts'
import { silentLog, silentProgress } from '../../../src/ports.ts'
import { MARK_TYPE } from '../../../src/seed/mark.ts'
import type { Repository } from '../../../src/oci/types.ts'
import { certified, policyOf } from '../../support/policy.ts'
import {
  BUNDLE_TYPE,
  COMMIT,
  DIGEST,
  hang,
  keyPair,
  OTHER_COMMIT,
  OTHER_DIGEST,
  useBuilders
} from '../../support/quorum.ts'
import { policyFolder, verify } from '../../support/verify-command.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const builders = useBuilders()
let cwd = ''
/** Of A, B, C and F. */
let bundles: Buffer[] = []
beforeAll(async () => {
  cwd = await policyFolder(builders(), {
    'policy.json': { builders: ['A', 'B', 'C', 'F'] },
    'public.json': { builders: ['A', 'B', 'C', { ...builders().entry('F'), trustRoot: 'public' }] },
    'impossible.json': { builders: ['A', 'B'] },
    'bad.json': { builders: [{ ...builders().entry('A'), identity: '' }, 'B', 'C'] },
    'rootless.json': { builders: ['A', 'B', { ...builders().entry('C'), trustRoot: 'none.json' }] },
    'broken.json': { builders: ['A', 'B', { ...builders().entry('C'), trustRoot: 'junk.json' }] },
    'keyless.json': { builders: ['A', 'B', { ...builders().entry('F'), publicKey: 'junk.json' }] }
  })
  bundles = await builders().bundles(['A', 'B', 'C', 'F'])
  const { privateKey } = keyPair()
  for (const [name, content] of Object.entries({
    'junk.json': '{}',
    'signer.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  })) {
    await writeFile(join(cwd, name), content)
  }
  await mkdir(join(cwd, 'bundles'))
  await Promise.all(bundles.map((bundle, i) => writeFile(join(cwd, 'bundles', `${'abcf'[i]}.json`), bundle)))
}, 60_000)

const POLICY = ['--policy', 'policy.json']
const reference = (repository: Repository): string => `${repository.name}@${DIGEST}`
const listed = async (repository: Repository): Promise<string[]> =>
  (await repository.referrers(DIGEST)).map(({ artifactType = '' }) => artifactType)

/** An image that these hang on. */
async function image(...contents: (Buffer | undefined)[]): Promise<Repository> {
  const repository = await builders().repository()
  await hang(repository, ...contents.filter(each => each !== undefined))
  return repository
}

describe('a verdict', () => {
  test('that is good has a row for each bundle, and ends with 0', async () => {
    const repository = await image(...bundles)
    const { code, stdout, stderr } = await verify(cwd, reference(repository), ...POLICY, '--commit', COMMIT)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines.slice(0, 3)).toEqual([
      reference(repository),
      'policy policy.json: 3 builders that differ in organisation and issuer',
      `commit ${COMMIT}`
    ])
    const row = (mark: string, id: string, why: string): unknown =>
      expect.stringMatching(
        new RegExp(`^  ${mark}  ${id}        ${COMMIT.slice(0, 12)}  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ  ${why}$`)
      )
    expect(lines.slice(4)).toEqual([
      '     builder  commit        signed at',
      row('✓', 'A', 'counted'),
      row('✓', 'B', 'counted'),
      row('✓', 'C', 'counted'),
      row('-', 'F', 'not counted: spare'),
      '     there are enough without it',
      '',
      '✓ verified: 3 independent builders attested this digest: A, B, C',
      ''
    ])
  })

  test('that is bad ends with 3, with the table on standard output and what to do next on standard error', async () => {
    const { code, stdout, stderr } = await verify(cwd, reference(await image(...bundles.slice(0, 2))), ...POLICY)
    expect(code).toBe(3)
    expect(stdout).toMatch(/✓ {2}A .*\n {2}✓ {2}B [\s\S]*\n✗ not verified: 2 of 3 builders attested/)
    expect(stderr).toBe('nix-seed: the policy is not met\n  Have it attested by more builders: C, F.\n')
  })

  test('tells a builder that contradicts itself in full', async () => {
    const other = await builders().bundle('A', { digest: OTHER_DIGEST })
    const { code, stdout, stderr } = await verify(cwd, reference(await image(...bundles, other)), ...POLICY)
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /! {2}A .*not counted: equivocation\n {5}its builder contradicts itself, see below\n {2}[!-]/
    )
    expect(stdout).toContain(
      `Builder A attested 2 digests of one seed:
  commit   ${COMMIT}
  seed     registry.example/octo-org/project/seed, x86_64-linux
  digests  ${[DIGEST, OTHER_DIGEST].sort().join('\n           ')}
  bundles  sha256:`
    )
    expect(stderr).toContain('Find out which of its builds is right')
  })

  test('is one document for scripts, whatever it is', async () => {
    const good = await verify(cwd, reference(await image(...bundles)), ...POLICY, '--json')
    expect({ ...good, stdout: JSON.parse(good.stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      stdout: { verified: true, builders: ['A', 'B', 'C'] }
    })
    expect(JSON.parse(good.stdout)).not.toHaveProperty('error')
    const bad = await verify(cwd, reference(await image(bundles[0])), ...POLICY, '--json')
    expect({ ...bad, stdout: JSON.parse(bad.stdout) }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('the policy is not met: 1 of 3'),
      stdout: { verified: false, wanted: ['B', 'C', 'F'], error: { code: 'POLICY_UNMET', hint: expect.any(String) } }
    })
    const none = await verify(cwd, `${(await image()).name}@${OTHER_DIGEST}`, ...POLICY, '--json')
    expect({ ...none, stdout: JSON.parse(none.stdout) }).toMatchObject({
      code: 5,
      stdout: { error: { code: 'NOT_FOUND' } }
    })
  })

  test('takes another threshold and the commit into account', async () => {
    const repository = await image(...bundles)
    expect((await verify(cwd, reference(repository), ...POLICY, '--threshold', '4')).code).toBe(0)
    expect((await verify(cwd, reference(repository), '--policy', 'impossible.json', '--threshold', '2')).code).toBe(0)
    const older = await verify(cwd, reference(repository), ...POLICY, '--commit', OTHER_COMMIT)
    expect(older.code).toBe(3)
    expect(older.stdout).toContain(`not counted: other-commit\n     was built from another commit: ${COMMIT}`)
  })

  test('does not depend on what the log says, which is told', async () => {
    const repository = await image(bundles[0], bundles[1], bundles[3])
    const of = async (...more: string[]): Promise<string> => {
      const { code, stdout } = await verify(cwd, reference(repository), ...POLICY, ...more)
      expect(code).toBe(0)
      return stdout
    }
    expect(await of('--rekor-url', builders().three.rekorUrl)).toMatch(
      /Log: http:\S+ has \d entries about this image\. Without a bundle, these count for\s+nothing:\n {2}entry \d+ at \S+ claims to be of C\n/
    )
    expect(await of('--rekor-url', 'http://127.0.0.1:1')).toMatch(/http:\S+ could not be searched: /)
    expect(await of()).not.toContain('Log')
    expect(await of('--rekor-url', 'none')).not.toContain('Log')
  })
})

describe('after a pass', () => {
  test('--attach attaches what came from files and is not there yet, once', async () => {
    const repository = await image(bundles[0])
    await writeFile(
      join(cwd, 'bundles', 'other.json'),
      await builders().bundle('F', { digest: OTHER_DIGEST, commit: OTHER_COMMIT })
    )
    const argv = [reference(repository), ...POLICY, '--bundle', 'bundles', '--attach', '--commit', COMMIT]
    const first = await verify(cwd, ...argv)
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout.match(/^attached bundles\/.* as sha256:|^attached bundles\/.*\n {2}as sha256:/gm)).toHaveLength(
      3
    )
    expect(await listed(repository)).toEqual(Array(4).fill(BUNDLE_TYPE))
    const again = await verify(cwd, ...argv, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ verified: true, attached: [] })
    expect(await listed(repository)).toHaveLength(4)
    // They are found there without the files.
    expect((await verify(cwd, reference(repository), ...POLICY, '--threshold', '4')).code).toBe(0)
  })

  test('--annotate hangs a mark on the image, and --sign a summary, and neither is a vote', async () => {
    const repository = await image(...bundles.slice(0, 3))
    const { rekorUrl, timestampUrl } = builders().one
    const signing = ['--key', 'signer.pem', '--builder-id', 'https://verifier.example', '--rekor-url', rekorUrl]
    const argv = ['--annotate', '--sign', ...signing, '--timestamp-url', timestampUrl, '--bundle-dir', 'kept', '--json']
    const { code, stdout } = await verify(cwd, reference(repository), ...POLICY, ...argv)
    expect(code).toBe(0)
    const { mark, summary } = JSON.parse(stdout)
    expect(mark).toEqual({ digest: expect.stringMatching(/^sha256:/), existed: false })
    expect(summary).toEqual({
      predicateType: 'https://slsa.dev/verification_summary/v1',
      verifier: 'https://verifier.example',
      digest: expect.stringMatching(/^sha256:/),
      file: expect.stringMatching(/\/kept\/.*\.json$/)
    })
    expect((await repository.referrers(DIGEST)).map(({ digest }) => digest)).toEqual(
      expect.arrayContaining([mark.digest, summary.digest])
    )
    const again = await verify(cwd, reference(repository), ...POLICY, '--annotate')
    expect(again.stdout).toMatch(/was marked already, unsigned:\s+sha256:/)
    expect(again.stdout).toMatch(/refused: (?:predicate-type|signer-unknown|signature-invalid)/)
    expect(again.stdout).toContain('✓ verified: 3 independent builders attested this digest: A, B, C')
  })

  test('what fails is told beside the verdict', async () => {
    const repository = await image(...bundles.slice(0, 3))
    builders().registry.faults.push({ method: 'PUT', path: /manifests/, status: 403, times: 9 })
    try {
      const argv = [reference(repository), ...POLICY, '--annotate']
      const failed = await verify(cwd, ...argv, '--json')
      expect({ ...failed, stdout: JSON.parse(failed.stdout) }).toMatchObject({
        code: 5,
        stdout: { verified: true, error: { code: 'REGISTRY_DENIED' } }
      })
      const { code, stdout, stderr } = await verify(cwd, ...argv)
      expect(code).toBe(5)
      expect(stdout).toContain('✓ verified: ')
      expect(stderr).toContain('The seed is verified: only what was to be done after that has failed.')
    } finally {
      builders().registry.faults.length = 0
    }
  })

  test('and not before: where the policy is not met, nothing is done', async () => {
    const repository = await image(bundles[0])
    const argv = ['--bundle', 'bundles/b.json', '--attach', '--annotate']
    const { code, stderr } = await verify(cwd, reference(repository), ...POLICY, ...argv)
    expect(code).toBe(3)
    expect(stderr).toContain('Nothing was attached or annotated.')
    expect(await listed(repository)).toEqual([BUNDLE_TYPE])
  })

  test('a mark proves nothing', async () => {
    const repository = await image(...bundles.slice(0, 3))
    expect((await verify(cwd, reference(repository), ...POLICY, '--annotate')).code).toBe(0)
    expect(await listed(repository)).toContain(MARK_TYPE)
    expect((await verify(cwd, reference(repository), ...POLICY, '--threshold', '4')).code).toBe(3)
  })
})

describe('--offline', () => {
  test('asks no registry, and takes the bundles in files', async () => {
    const repository = await image(...bundles)
    const { exchanges } = builders().registry
    const before = exchanges.length
    const argv = [reference(repository), ...POLICY, '--offline']
    expect((await verify(cwd, ...argv, '--bundle', 'bundles', '--commit', COMMIT)).code).toBe(0)
    expect((await verify(cwd, ...argv, '--bundle', 'bundles/a.json')).code).toBe(3)
    expect((await verify(cwd, ...argv)).code).toBe(2)
    const tag = await verify(cwd, `${repository.name}:latest`, ...POLICY, '--offline', '--bundle', 'bundles')
    expect(tag).toMatchObject({ code: 2, stdout: '' })
    expect(exchanges).toHaveLength(before)
  })

  test('reads an image layout, and writes to it', async () => {
    const layout = await builders().layout()
    await hang(layout, ...bundles)
    expect((await verify(cwd, reference(layout), ...POLICY, '--offline', '--annotate')).code).toBe(0)
    expect(await listed(layout)).toContain(MARK_TYPE)
  })

  test('takes the copy of the public trust root, and says where there is none', async () => {
    const argv = [reference(await image()), '--policy', 'public.json', '--bundle', 'bundles', '--offline']
    const { code, stderr } = await verify(cwd, ...argv)
    expect(code).toBe(5)
    expect(stderr).toContain('there is no copy of the public trust root on this machine')
    // A file takes its place.
    expect((await verify(cwd, ...argv, '--trusted-root', 'three.json', '--commit', COMMIT)).code).toBe(0)
  })
})

describe('wrong use', () => {
  const REFERENCE = `127.0.0.1:1/seed@${DIGEST}`

  test.each([
    ['no policy', [], /--policy is missing/],
    ['a threshold that is none', [...POLICY, '--threshold', '-1'], /threshold/],
    ['a threshold of 0', [...POLICY, '--threshold', '0'], /threshold/],
    ['half a commit', [...POLICY, '--commit', COMMIT.slice(0, 12)], /--commit takes all 40 or 64 digits/],
    ['nothing to attach', [...POLICY, '--attach'], /--attach attaches the bundles of --bundle/],
    ['a log that is no URL', [...POLICY, '--rekor-url', 'rekor'], /--rekor-url is no URL/],
    ['a log with a password', [...POLICY, '--rekor-url', 'https://a:b@rekor.example'], /credentials/],
    ['signing options without --sign', [...POLICY, '--key', 'signer.pem'], /--key needs --sign/],
    ['a log offline', [...POLICY, '--offline', '--bundle', 'x', '--rekor-url', 'none'], /--offline searches no log/],
    ['a signature offline', [...POLICY, '--offline', '--bundle', 'x', '--sign'], /--offline signs nothing/],
    ['a mark offline', [...POLICY, '--offline', '--bundle', 'x', '--annotate'], /--annotate writes to it/],
    ['attaching offline', [...POLICY, '--offline', '--bundle', 'x', '--attach'], /--attach writes to it/],
    ['nothing to look at', [...POLICY, '--offline'], /the bundles have to come from files/],
    ['signing without a key', [...POLICY, '--sign', '--public-key', 'x'], /--public-key goes with --sign-command/],
    ['a policy that is not there', ['--policy', 'absent.json'], /there is no such policy/],
    ['a flake without an attribute', ['--policy', '.#'], /which one is not said/],
    ['a policy that is not valid', ['--policy', 'bad.json'], /builders\[0\]\.identity/],
    ['a file that the policy names and is not there', ['--policy', 'rootless.json'], /none\.json/]
  ])('%s: exit code 2 before anybody is asked', async (_, argv, message) => {
    const { code, stdout, stderr } = await verify(cwd, REFERENCE, ...argv)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  test('a tag; the digest to use is named', async () => {
    const repository = await image()
    const { code, stdout, stderr } = await verify(cwd, `${repository.name}:latest`, ...POLICY)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`Now it is ${reference(repository)}`)
  })

  test('a policy that nobody can meet is not met, and a key or trust root that cannot be used is cryptography', async () => {
    const exit = async (...argv: string[]): Promise<number> => (await verify(cwd, REFERENCE, ...argv)).code
    expect(await exit('--policy', 'impossible.json')).toBe(3)
    expect(await exit(...POLICY, '--threshold', '9')).toBe(3)
    expect(await exit('--policy', 'broken.json')).toBe(4)
    expect(await exit('--policy', 'keyless.json')).toBe(4)
    expect(await exit('--policy', 'public.json', '--trusted-root', 'junk.json')).toBe(4)
  })
})

describe('a policy in a flake', () => {
  const policy = policyOf(['a', 'b', 'c'].map(id => certified(id)))

  /** With a program in the place of Nix that does this. */
  const load = async (text: string, script: string): ReturnType<typeof loadPolicy> => {
    const bin = join(cwd, 'bin')
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, 'nix'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const ports = { log: silentLog, progress: silentProgress, env, signal: new AbortController().signal }
    return loadPolicy(text, undefined, { cwd, ports })
  }

  test('is what Nix evaluates; the files that it names are meant from the current folder', async () => {
    await writeFile(join(cwd, 'value.json'), JSON.stringify(policy))
    const script = `test "$*" = "--extra-experimental-features nix-command flakes eval --json --no-update-lock-file .#cfg.policy" && cat value.json`
    const found = await load('.#cfg.policy', script)
    expect(found).toMatchObject({ policy: parsePolicy(policy, ''), source: '.#cfg.policy' })
    expect(Buffer.from(await found.readFile('junk.json')).toString()).toBe('{}')
  })

  test('that cannot be evaluated is not valid: Nix says why, and the attribute is named', async () => {
    const failed = load('.#cfg.policy', `echo "error: flake does not provide attribute 'cfg.policy'" >&2; exit 1`)
    await expect(failed).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringContaining("error: flake does not provide attribute 'cfg.policy'"),
      resource: '.#cfg.policy'
    })
    await expect(failed).rejects.toBeInstanceOf(SeedError)
  })

  test('is checked as one in a file is, and the attribute is named', async () => {
    await expect(load('.#cfg.policy', `echo '{"builders": []}'`)).rejects.toBeInstanceOf(PolicyError)
    await expect(load('.#cfg.policy', `echo '{"builders": []}'`)).rejects.toMatchObject({ resource: '.#cfg.policy' })
  })

  test('is none where there is a file of that name', async () => {
    await writeFile(join(cwd, 'a#b.json'), JSON.stringify(policy))
    expect(await load('a#b.json', 'exit 1')).toMatchObject({ source: join(cwd, 'a#b.json') })
  })
})
