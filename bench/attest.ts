/**
 * What signing and attaching add to a publish, in seconds and bytes, with local servers and both kinds of registry; beside
 * it `cosign attest` of the same predicate, with the same servers, in the same run.
 *
 *   npm run bench -- attest [--runs N]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startService, stopService, type Service } from '../lab/daemon.ts'
import { writeExample, writeInputs } from '../lab/example.ts'
import { jobToken } from '../lab/sigstore/job.ts'
import { formatBytes } from '../src/format.ts'
import type { Attestation } from '../src/seed/attest.ts'
import type { ListedAttestation } from '../src/seed/attestations.ts'
import type { Published } from '../src/seed/publish.ts'
import { measure } from './support/measure.ts'

const CLI = join(import.meta.dirname, '../dist/cli/index.js')

interface Result {
  registry: string
  /** Seconds of whole publications, and of what `publish --sign` says that the attestation took. */
  unsigned: number
  signed: number
  attestation: number
  steps: Attestation['milliseconds']
  cosign: number
  bytes: number
  billBytes: number
  cosignBytes: number
}

type Signed = Published & { reference: string; attestation: Attestation }

async function bench(folder: string, runs: number): Promise<Result[]> {
  const project = join(folder, 'hello')
  writeExample('hello', project, writeInputs(join(folder, 'inputs')))
  const sigstore = await startService('sigstore')
  const registries = await Promise.all([startService('registry'), startService('crane-registry')])
  const { SIGSTORE_FULCIO_URL, SIGSTORE_REKOR_URL, SIGSTORE_TIMESTAMP_URL } = sigstore.variables
  Object.assign(process.env, { SIGSTORE_FULCIO_URL, SIGSTORE_REKOR_URL, SIGSTORE_TIMESTAMP_URL })
  try {
    // What Nix builds on the way is built once for all.
    await nixSeed(project, ['publish', '--to', `oci:${join(folder, 'warm')}`])
    const results: Result[] = []
    for (const registry of registries) results.push(await benchRegistry(folder, project, registry, sigstore, runs))
    return results
  } finally {
    for (const service of [...registries, sigstore]) await stopService(service)
  }
}

async function benchRegistry(
  folder: string,
  project: string,
  registry: Service,
  sigstore: Service,
  runs: number
): Promise<Result> {
  const all: Omit<Result, 'registry'>[] = []
  const tokenFile = join(folder, 'job-token')
  const head = execFileSync('git', ['-C', project, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  const token = (): Promise<string> => jobToken(sigstore.variables, head)
  for (let i = 0; i < runs; i++) {
    // Repositories of their own: no run finds what another has sent.
    const [plain, other] = [`${registry.address}/bench/plain${i}/seed`, `${registry.address}/bench/signed${i}/seed`]
    const unsigned = await nixSeed(project, ['publish', '--to', plain])
    writeFileSync(tokenFile, await token(), { mode: 0o600 })
    const signing = ['--sign', '--token-file', tokenFile, '--bundle-dir', join(folder, 'bundles')]
    const signed = await nixSeed(project, ['publish', '--to', other, ...signing])
    const { attestation } = signed.result
    const reference = unsigned.result.reference
    const cosign = await measure(cosignAttest(folder, reference, attestation, await token(), sigstore), folder)
    const [ours, theirs] = [await listed(project, signed.result.reference), await listed(project, reference)]
    const bytesOf = (items: readonly ListedAttestation[], kind: string): number =>
      items.filter(item => item.kind === kind).reduce((sum, item) => sum + item.size, 0)
    all.push({
      unsigned: unsigned.seconds,
      signed: signed.seconds,
      attestation: attestation.milliseconds.total / 1000,
      steps: attestation.milliseconds,
      cosign: cosign.seconds,
      bytes: bytesOf(ours, 'provenance'),
      billBytes: readFileSync(attestation.files.bill).length,
      cosignBytes: bytesOf(theirs, 'provenance')
    })
  }
  const least = (pick: (one: (typeof all)[number]) => number): number => Math.min(...all.map(pick))
  const best = all.reduce((a, b) => (b.attestation < a.attestation ? b : a))
  const seconds = {
    unsigned: least(one => one.unsigned),
    signed: least(one => one.signed),
    cosign: least(one => one.cosign)
  }
  return { ...best, ...seconds, registry: registry.name }
}

/** The command line that has cosign sign the predicate of `attestation` for the image `reference`. */
function cosignAttest(
  folder: string,
  reference: string,
  attestation: Attestation,
  token: string,
  { variables }: Service
): string[] {
  const { dsseEnvelope } = JSON.parse(readFileSync(attestation.files.bundle, 'utf8')) as {
    dsseEnvelope: { payload: string }
  }
  const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()) as { predicate: unknown }
  const file = (name: string, content: unknown): string => {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
    return join(folder, name)
  }
  const service = (name: string, path = ''): object => ({
    url: `${variables[name]}${path}`,
    majorApiVersion: 1,
    validFor: { start: '2020-01-01T00:00:00Z' },
    operator: 'lab'
  })
  const signingConfig = {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service('SIGSTORE_FULCIO_URL')],
    rekorTlogUrls: [service('SIGSTORE_REKOR_URL')],
    tsaUrls: [service('SIGSTORE_TIMESTAMP_URL', '/api/v1/timestamp')],
    rekorTlogConfig: { selector: 'ANY' },
    tsaConfig: { selector: 'ANY' }
  }
  return [
    ...['cosign', 'attest', '--yes', '--allow-http-registry'],
    ...['--type', 'slsaprovenance1', '--predicate', file('predicate.json', statement.predicate)],
    ...['--signing-config', file('signing-config.json', signingConfig)],
    ...['--trusted-root', variables.SIGSTORE_TRUSTED_ROOT ?? '', '--identity-token', file('token', token), reference]
  ]
}

async function nixSeed(cwd: string, args: readonly string[]): Promise<{ seconds: number; result: Signed }> {
  const { seconds, stdout } = await measure([process.execPath, CLI, ...args, '--json'], cwd)
  return { seconds, result: JSON.parse(stdout) as Signed }
}

async function listed(cwd: string, reference: string): Promise<ListedAttestation[]> {
  const { stdout } = await measure([process.execPath, CLI, 'attestations', reference, '--json'], cwd)
  return (JSON.parse(stdout) as { attestations: ListedAttestation[] }).attestations
}

function report(results: readonly Result[], runs: number): void {
  console.log(`${cpus().length} cores, all servers on loopback, least of ${runs}; seconds\n`)
  console.log('registry        publish  --sign   added  of it attest  cosign attest  ratio')
  for (const { registry, unsigned, signed, attestation, cosign } of results) {
    const cells = [
      registry.padEnd(14),
      unsigned.toFixed(2).padStart(8),
      signed.toFixed(2).padStart(7),
      (signed - unsigned).toFixed(2).padStart(7),
      attestation.toFixed(2).padStart(13),
      cosign.toFixed(2).padStart(14),
      (attestation / cosign).toFixed(2).padStart(6)
    ]
    console.log(cells.join(' '))
  }
  console.log('\nregistry        facts  identity   sign  attach    bundle  cosign bundle  ratio  bill of materials')
  for (const { registry, steps, bytes, cosignBytes, billBytes } of results) {
    const seconds = (milliseconds: number, width: number): string => (milliseconds / 1000).toFixed(2).padStart(width)
    const cells = [
      registry.padEnd(14),
      seconds(steps.facts, 6),
      seconds(steps.identity, 9),
      seconds(steps.sign, 6),
      seconds(steps.attach, 7),
      formatBytes(bytes).padStart(9),
      formatBytes(cosignBytes).padStart(14),
      (bytes / cosignBytes).toFixed(2).padStart(6),
      formatBytes(billBytes).padStart(18)
    ]
    console.log(cells.join(' '))
  }
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } })
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-bench-'))
try {
  const runs = Number(values.runs)
  report(await bench(folder, runs), runs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
