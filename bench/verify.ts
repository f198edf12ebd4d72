/**
 * What it takes to verify an image on which very many bundles hang, good ones and others; beside it cosign, which verifies
 * their signatures and counts nothing, on the same image in the same run. Nobody has told either of them what to skip.
 *
 *   npm run bench -- verify [--bundles N] [--runs N] [--cli FILE]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startService, stopService, type Service } from '../lab/daemon.ts'
import { formatBytes } from '../src/format.ts'
import { openRepository } from '../src/oci/repository.ts'
import { MEDIA_TYPE, type Artifact, type Digest } from '../src/oci/types.ts'
import type { Verification } from '../src/seed/verification.ts'
import { makeBundles, writeJointRoot, writePolicy, type BenchBuilder } from './support/attestations.ts'
import { countTraffic, type Traffic } from './support/counting-proxy.ts'
import { fastest, measure, type Measurement } from './support/measure.ts'

const REPOSITORY = 'bench/seed'
/** Attached together: the list of what hangs on an image is written once for each. */
const AT_ONCE = 100

interface Result {
  registry: string
  ours: Measurement & Traffic
  cosign: Measurement & Traffic
}

async function bench(folder: string, cli: string, count: number, runs: number): Promise<Result[]> {
  const sigstores = [await startService('sigstore'), await startService('sigstore')] as const
  const registries = await Promise.all([startService('registry'), startService('crane-registry')])
  try {
    const [one, two] = sigstores
    const builders: BenchBuilder[] = [
      { organisation: 'first', sigstore: one },
      { organisation: 'second', sigstore: two },
      { organisation: 'third', sigstore: one },
      { organisation: 'fourth', sigstore: two }
    ]
    const policy = writePolicy(folder, builders)
    const root = writeJointRoot(folder, sigstores)
    const image = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }))
    const digest = await putImage(registries[0], image)
    const began = performance.now()
    const bundles = await makeBundles(count, builders, { name: 'registry.example/bench/seed', digest })
    console.error(`${count} bundles made in ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const results: Result[] = []
    for (const registry of registries) {
      await putImage(registry, image)
      await hang(registry, digest, bundles)
      const ours = (address: string): string[] => [
        ...[process.execPath, cli, 'verify', `${address}/${REPOSITORY}@${digest}`],
        ...['--policy', policy, '--rekor-url', 'none', '--json']
      ]
      const cosign = (address: string): string[] => [
        ...['cosign', 'verify-attestation', '--allow-http-registry', '--type', 'slsaprovenance1'],
        ...['--trusted-root', root, '--certificate-identity-regexp', '.*', '--certificate-oidc-issuer-regexp', '.*'],
        `${address}/${REPOSITORY}@${digest}`
      ]
      results.push({
        registry: registry.name,
        ours: await take(ours, registry, folder, runs, stdout => checkOurs(stdout, count)),
        cosign: await take(cosign, registry, folder, runs)
      })
    }
    return results
  } finally {
    for (const service of [...registries, ...sigstores]) await stopService(service)
  }
}

async function putImage(registry: Service, image: Buffer): Promise<Digest> {
  const repository = openRepository(`${registry.address}/${REPOSITORY}`, { env: process.env })
  try {
    return (await repository.putManifest(image, MEDIA_TYPE.index)).digest
  } finally {
    await repository.close()
  }
}

async function hang(registry: Service, digest: Digest, bundles: readonly Artifact[]): Promise<void> {
  const repository = openRepository(`${registry.address}/${REPOSITORY}`, { env: process.env })
  try {
    for (let i = 0; i < bundles.length; i += AT_ONCE) await repository.attach({ digest }, bundles.slice(i, i + AT_ONCE))
  } finally {
    await repository.close()
  }
}

/** Times without anything in between; traffic in a run of its own. */
async function take(
  command: (address: string) => string[],
  { address }: Service,
  folder: string,
  runs: number,
  check: (stdout: string) => void = () => {}
): Promise<Measurement & Traffic> {
  const best = await fastest(runs, () => measure(command(address), folder))
  check(best.stdout)
  return { ...best, ...(await countTraffic(address, proxy => measure(command(proxy), folder))) }
}

/** A benchmark of something that came out wrong would be none. */
function checkOurs(stdout: string, count: number): void {
  const { verified, bundles } = JSON.parse(stdout) as Verification
  const refused = bundles.filter(({ verdict }) => verdict === 'refused').length
  if (verified && bundles.length === count && refused === Math.floor(count / 20)) return
  throw new Error(`verified: ${verified}, ${bundles.length} bundles of ${count}, ${refused} refused`)
}

function report(results: readonly Result[], count: number, runs: number): void {
  console.log(`${count} bundles, ${cpus().length} cores, registry on loopback, least of ${runs}\n`)
  console.log('registry        what        wall s   CPU s     memory   requests    fetched')
  for (const { registry, ours, cosign } of results) {
    for (const [what, { seconds, cpuSeconds, peakBytes, requests, bytes }] of Object.entries({ ours, cosign })) {
      const cells = [
        registry.padEnd(14),
        (what === 'ours' ? 'nix-seed' : what).padEnd(10),
        seconds.toFixed(2).padStart(8),
        cpuSeconds.toFixed(2).padStart(7),
        formatBytes(peakBytes).padStart(10),
        String(requests).padStart(10),
        formatBytes(bytes).padStart(10)
      ]
      console.log(cells.join(' '))
    }
    const ratio = (pick: (one: Measurement & Traffic) => number): string => (pick(ours) / pick(cosign)).toFixed(2)
    const cells = [
      registry.padEnd(14),
      'ratio'.padEnd(10),
      ratio(one => one.seconds).padStart(8),
      ratio(one => one.cpuSeconds).padStart(7),
      ratio(one => one.peakBytes).padStart(10),
      ratio(one => one.requests).padStart(10),
      ratio(one => one.bytes).padStart(10)
    ]
    console.log(cells.join(' '))
  }
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    bundles: { type: 'string', default: '1000' },
    cli: { type: 'string', default: join(import.meta.dirname, '../dist/cli/index.js') }
  }
})
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-bench-'))
try {
  const [count, runs] = [Number(values.bundles), Number(values.runs)]
  report(await bench(folder, resolve(values.cli), count, runs), count, runs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
