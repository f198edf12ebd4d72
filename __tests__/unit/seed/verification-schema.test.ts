/** The published schema against results that really come out, and against others. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { DIMENSIONS } from '../../../src/attest/policy.ts'
import type { Uncounted } from '../../../src/attest/quorum.ts'
import type { RefusalReason } from '../../../src/attest/verify.ts'
import type { Repository } from '../../../src/oci/types.ts'
import {
  COMMIT,
  DIGEST,
  hang,
  hangManifest,
  keyPair,
  OTHER_COMMIT,
  OTHER_DIGEST,
  useBuilders
} from '../../support/quorum.ts'
import { policyFolder, verify } from '../../support/verify-command.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const file = join(import.meta.dirname, '..', '..', '..', 'src', 'seed', 'verification.schema.json')
const schema = JSON.parse(readFileSync(file, 'utf8'))
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
const accepts = ajv.compile(schema)

const builders = useBuilders()
let cwd = ''
let bundles: Buffer[] = []
beforeAll(async () => {
  cwd = await policyFolder(builders(), {
    'policy.json': { builders: ['A', 'B', 'C', 'F'] },
    'lenient.json': {
      builders: ['A', 'B', 'C', 'F'],
      more: { equivocation: 'discount', dimensions: ['builder', 'trustRoot'] }
    },
    'bad.json': { builders: [] }
  })
  bundles = await builders().bundles(['A', 'B', 'C', 'F'])
  await Promise.all(bundles.map((bundle, i) => writeFile(join(cwd, `bundle-${'abcf'[i]}.json`), bundle)))
  const pem = keyPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await writeFile(join(cwd, 'signer.pem'), pem)
}, 60_000)

async function image(...contents: (Buffer | undefined)[]): Promise<Repository> {
  const repository = await builders().repository()
  await hang(repository, ...contents.filter(each => each !== undefined))
  return repository
}

/** What is printed of it; it has to be one document that is true to the schema. */
async function document(repository: Repository, ...argv: string[]): Promise<Record<string, unknown>> {
  const policy = argv.includes('--policy') ? [] : ['--policy', 'policy.json']
  const { stdout } = await verify(cwd, `${repository.name}@${DIGEST}`, ...policy, ...argv, '--json')
  const value: unknown = JSON.parse(stdout)
  if (!accepts(value)) throw new Error(`${ajv.errorsText(accepts.errors)}\n${stdout}`)
  return value as Record<string, unknown>
}

describe('the schema of a verification', () => {
  test('has its address, and describes every field', () => {
    expect(schema).toMatchObject({
      $id: 'https://nix-seed.dev/schemas/verification/v1.json',
      $schema: 'https://json-schema.org/draft/2020-12/schema'
    })
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      const { properties, additionalProperties } = node as {
        properties?: Record<string, object>
        additionalProperties?: boolean
      }
      if (additionalProperties === false) {
        for (const [name, field] of Object.entries(properties ?? {})) {
          expect({ [name]: field }).toEqual({
            [name]: expect.objectContaining({ description: expect.stringMatching(/^[A-Z].*\.$/) })
          })
        }
      }
      Object.values(node).forEach(visit)
    }
    visit(schema)
  })

  test('knows every reason and dimension, and no others', () => {
    // The compiler sees to it that none is missing here.
    const reasons: Record<RefusalReason | Uncounted['reason'] | 'counted', true> = REASONS
    const { properties } = schema.$defs.bundle
    expect([...properties.reason.enum].sort()).toEqual(Object.keys(reasons).sort())
    expect(schema.$defs.verification.properties.policy.properties.dimensions.items.enum).toEqual(DIMENSIONS)
  })

  test('is true of a pass, and of all that can be done after it', async () => {
    const repository = await image(...bundles.slice(0, 3))
    const { rekorUrl, timestampUrl } = builders().one
    const actions = ['--bundle', 'bundle-f.json', '--attach', '--annotate', '--sign', '--key', 'signer.pem']
    const signing = [
      '--builder-id',
      'https://verifier.example',
      '--timestamp-url',
      timestampUrl,
      '--bundle-dir',
      'kept'
    ]
    const argv = [...actions, ...signing, '--rekor-url', rekorUrl, '--commit', COMMIT]
    const first = await document(repository, ...argv)
    expect(first).toMatchObject({
      verified: true,
      attached: [{ existed: false }],
      mark: { existed: false },
      summary: {}
    })
    expect(first).not.toHaveProperty('error')
    expect(await document(repository, ...argv)).toMatchObject({ verified: true, attached: [], mark: { existed: true } })
    builders().registry.faults.push({ method: 'PUT', path: /manifests/, status: 403, times: 9 })
    try {
      const failed = await document(repository, '--threshold', '2', '--annotate')
      expect(failed).toMatchObject({ verified: true, error: { code: 'REGISTRY_DENIED' } })
    } finally {
      builders().registry.faults.length = 0
    }
  })

  test('is true of what is not verified, for whatever reason', async () => {
    expect(await document(await image())).toMatchObject({ verified: false, bundles: [], missing: 3 })
    expect(await document(await image(...bundles), '--commit', OTHER_COMMIT)).toMatchObject({ verified: false })
    const other = await builders().bundle('A', { digest: OTHER_DIGEST })
    const contradicted = await image(...bundles, other)
    expect(await document(contradicted)).toMatchObject({ verified: false, equivocations: [{ builder: 'A' }] })
    expect(await document(contradicted, '--policy', 'lenient.json')).toMatchObject({ equivocations: [{}] })
  })

  test('is true of bundles of every verdict, of junk and of a log that says more or nothing', async () => {
    const [a] = bundles
    const stranger = await builders().bundle('E')
    const again = await builders().bundle('A')
    const older = await builders().bundle('F', { commit: OTHER_COMMIT })
    const repository = await image(
      a,
      again,
      stranger,
      older,
      Buffer.from('{}'),
      Buffer.from('\x1b'),
      Buffer.from(`${String(a)} `)
    )
    const entry = hangManifest(builders().registry, repository, {})
    await repository.attach({ digest: DIGEST }, [
      { ...entry, artifactType: 'a/b', bytes: Buffer.from('x'), annotations: {} }
    ])
    const found = await document(repository, '--bundle', 'signer.pem', '--rekor-url', builders().three.rekorUrl)
    const verdicts = (found['bundles'] as { verdict: string }[]).map(({ verdict }) => verdict)
    expect(new Set(verdicts)).toEqual(new Set(['counted', 'not-counted', 'refused']))
    expect(found).toMatchObject({
      witness: { state: 'searched', strays: expect.arrayContaining([expect.objectContaining({ builder: 'C' })]) }
    })
    expect(await document(repository, '--rekor-url', 'http://127.0.0.1:1')).toMatchObject({
      witness: { state: 'unreachable' }
    })
  })

  test('is true of errors before a verdict', async () => {
    const repository = await image()
    expect(await document(repository, '--policy', 'bad.json')).toEqual({
      error: expect.objectContaining({ code: 'POLICY_INVALID' })
    })
    expect(await document(repository, '--policy', 'absent.json')).toMatchObject({ error: { code: 'USAGE' } })
    expect(await document(repository, '--threshold', '9')).toMatchObject({ error: { code: 'POLICY_UNMET' } })
    expect(await document(repository, '--nonsense')).toMatchObject({ error: { code: 'USAGE' } })
  })

  test('refuses what cannot come out', async () => {
    const good = await document(await image(...bundles))
    const bad = await document(await image())
    const { error } = bad
    for (const wrong of [
      {},
      { ...good, verified: 'yes' },
      { ...good, verified: false },
      { ...good, missing: 1 },
      { ...good, digest: DIGEST.toUpperCase() },
      { ...good, extra: 1 },
      { ...good, bundles: [{}] },
      { ...bad, error: undefined },
      { ...bad, error: { ...(error as object), code: 'USAGE' } },
      { ...bad, attached: [] },
      { error: {} }
    ]) {
      expect({ wrong, accepted: accepts(JSON.parse(JSON.stringify(wrong))) }).toEqual({ wrong, accepted: false })
    }
  })
})

const REASONS = {
  counted: true,
  'other-digest': true,
  'other-commit': true,
  equivocation: true,
  repeated: true,
  alike: true,
  spare: true,
  'bundle-too-large': true,
  'bundle-malformed': true,
  'bundle-unsupported': true,
  'content-unsupported': true,
  'signature-count': true,
  'payload-type': true,
  'payload-too-large': true,
  'payload-malformed': true,
  'statement-type': true,
  'signer-unknown': true,
  'repository-mismatch': true,
  'ref-mismatch': true,
  'signer-kind': true,
  'signature-invalid': true,
  'certificate-invalid': true,
  'certificate-untrusted': true,
  'certificate-expired': true,
  'certificate-unlogged': true,
  'issuer-mismatch': true,
  'identity-mismatch': true,
  'time-missing': true,
  'timestamp-invalid': true,
  'time-in-future': true,
  'too-old': true,
  'log-missing': true,
  'log-unknown': true,
  'log-key-expired': true,
  'log-promise-invalid': true,
  'log-proof-missing': true,
  'log-proof-invalid': true,
  'log-entry-mismatch': true,
  'predicate-type': true,
  'subject-count': true,
  'subject-invalid': true,
  'subject-mismatch': true,
  'predicate-malformed': true,
  'builder-mismatch': true,
  'commit-missing': true,
  'commit-mismatch': true,
  'commit-contradiction': true,
  'self-hosted': true,
  'sandbox-off': true
} as const
