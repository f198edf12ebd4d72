/**
 * The main job, on this machine: a flake, its seed, a change of the source, and a build that starts from the seed in a
 * container without network. Runs inside the lab; see lab/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startService, stopService } from '../lab/daemon.ts'
import { commit, writeExample, writeInputs } from '../lab/example.ts'
import { podmanEngine, pullImage, removeImage, startJob } from '../lab/job.ts'
import { jobToken } from '../lab/sigstore/job.ts'
import { formatBytes, formatDuration } from '../src/format.ts'

const cli = join(import.meta.dirname, '../dist/cli/index.js')

interface Step {
  what: string
  milliseconds: number
}
const steps: Step[] = []

async function step<T>(what: string, action: () => T | Promise<T>): Promise<T> {
  console.log(`\n== ${what}`)
  const started = performance.now()
  const result = await action()
  const milliseconds = performance.now() - started
  steps.push({ what, milliseconds })
  console.log(`   ${formatDuration(milliseconds)}`)
  return result
}

/** Shows a command and runs it; its standard output is returned, its messages are shown. */
function sh(cwd: string, shown: string, command: readonly string[]): string {
  console.log(`   $ ${shown}`)
  const [program = '', ...args] = command
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 1e8 })
  for (const line of stderr.trimEnd().split('\n')) if (line !== '') console.log(`   ${line}`)
  if (status !== 0) throw error ?? new Error(`${shown} failed (${status})\n${stdout}`)
  return stdout.trim()
}

function nixSeed(cwd: string, ...args: string[]): string {
  const output = sh(cwd, `nix-seed ${args.join(' ')}`, [process.execPath, cli, ...args])
  for (const line of output.split('\n').slice(0, 4)) console.log(`   ${line}`)
  return output
}

function sinceOf(what: RegExp): number {
  return steps.filter(each => what.test(each.what)).reduce((sum, each) => sum + each.milliseconds, 0)
}

async function demo(folder: string): Promise<string> {
  const project = join(folder, 'work', 'hello')
  const inputs = writeInputs(join(folder, 'inputs'))
  mkdirSync(join(folder, 'work', '_home'), { recursive: true })
  console.log(`The project is examples/hello, at ${project}: a package, a check, an app, a dev shell, one source file.`)
  await step('Lock its inputs', () => writeExample('hello', project, inputs))

  const layout = await step('Publish its seed to the embedded default, an image layout on disk', () =>
    nixSeed(project, 'publish', '--to', `oci:${join(folder, 'seed')}`)
  )
  const digest = layout.slice(layout.lastIndexOf('@') + 1)
  await step('Publish again: nothing has changed', () =>
    nixSeed(project, 'publish', '--to', `oci:${join(folder, 'seed')}`)
  )

  const [registry, sigstore] = await Promise.all([startService('registry'), startService('sigstore')])
  try {
    await takePlaceOfJob(project, sigstore.variables)
    const image = await step('Publish it to a registry, signed', () =>
      nixSeed(project, 'publish', '--to', `${registry.address}/demo/hello/seed`, '--sign')
    )
    if (!image.endsWith(digest)) throw new Error(`the registry has another digest: ${image} instead of ${digest}`)
    console.log('   the same digest, packed twice')
    await verify(project, image, sigstore.variables)

    const source = join(project, 'src', 'hello.c')
    await step('Change the source', () => {
      const text = readFileSync(source, 'utf8').replace('Hello, world', 'Hello, world, from a seed')
      writeFileSync(source, text)
      commit(project, 'Greet from a seed')
      nixSeed(project, 'publish', '--to', `${registry.address}/demo/hello/seed`)
    })
    await compare(folder, project, image)
    await containerJob(folder, image)
  } finally {
    await stopService(sigstore)
    await stopService(registry)
  }
  return digest
}

/** The environment of a CI job on the project's commit: where Sigstore is, and the job's identity token. */
async function takePlaceOfJob(project: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const head = execFileSync('git', ['-C', project, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  const { SIGSTORE_FULCIO_URL, SIGSTORE_REKOR_URL, SIGSTORE_TIMESTAMP_URL } = variables
  const addresses = { SIGSTORE_FULCIO_URL, SIGSTORE_REKOR_URL, SIGSTORE_TIMESTAMP_URL }
  Object.assign(process.env, addresses, { SIGSTORE_ID_TOKEN: await jobToken(variables, head) })
}

interface Listed {
  attestations: { kind: string; signer?: { identity?: string; issuer?: string }; logIndex?: string }[]
}

/** By another program than ours: once as it should be, and once for somebody else. */
async function verify(project: string, image: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const listed = JSON.parse(
    sh(project, `nix-seed attestations ${image} --json`, [process.execPath, cli, 'attestations', image, '--json'])
  ) as Listed
  const found = listed.attestations.find(({ kind }) => kind === 'provenance')
  const { identity = '', issuer = '' } = found?.signer ?? {}
  console.log(`   identity:  ${identity}\n   issuer:    ${issuer}\n   log index: ${found?.logIndex}`)
  const root = variables.SIGSTORE_TRUSTED_ROOT ?? ''
  const cosign = (who: string) => {
    const shown = `cosign verify-attestation --type slsaprovenance1 --certificate-identity ${who} …`
    const common = ['verify-attestation', '--type', 'slsaprovenance1', '--trusted-root', root, '--allow-http-registry']
    const args = ['--certificate-identity', who, '--certificate-oidc-issuer', issuer, image]
    console.log(`   $ ${shown}`)
    const { status, stderr } = spawnSync('cosign', [...common, ...args], { encoding: 'utf8', maxBuffer: 1e8 })
    return { status, stderr }
  }
  await step('Verify the signature with cosign', () => {
    const { status, stderr } = cosign(identity)
    if (status !== 0) throw new Error(`cosign refuses the seed\n${stderr}`)
    console.log('   verified')
  })
  await step('Verify it for another identity', () => {
    const { status, stderr } = cosign(identity.replace('octo-org', 'somebody-else'))
    if (status === 0) throw new Error('cosign accepts the wrong identity')
    console.log(`   refused: ${stderr.trim().split('\n').at(-1)}`)
  })
}

/** Two bare machines, played by two empty stores: one fetches from a binary cache, one restores the seed. */
async function compare(folder: string, project: string, image: string): Promise<void> {
  const seed = JSON.parse(
    sh(project, `nix-seed inspect ${image} --json`, [process.execPath, cli, 'inspect', image, '--json'])
  ) as { bytes: number; roots: string[]; paths: unknown[] }
  const cache = `file://${join(folder, 'cache')}`
  const nix = ['nix', '--extra-experimental-features', 'nix-command flakes', '--quiet']
  execFileSync('nix', [...nix.slice(1), 'copy', '--to', `${cache}?compression=zstd`, ...seed.roots], {
    stdio: 'pipe'
  })

  const bare = join(folder, 'seedless')
  const seeded = join(folder, 'seeded')
  const build = (store: string, ...more: string[]) =>
    sh(project, `nix build --store ${store} ${more.join(' ')}`, [
      ...nix,
      'build',
      '--no-link',
      '--store',
      store,
      ...more
    ])
  await step('Seedless: an empty store, everything fetched path by path from a binary cache', () => {
    const copy = ['copy', '--no-check-sigs', '--from', cache, '--to', bare, ...seed.roots]
    sh(project, `nix copy --from CACHE --to ${bare} (${seed.roots.length} roots)`, [...nix, ...copy])
  })
  await step('Seedless: build', () => build(bare))
  await step('Seeded: an empty store, the seed restored', () => {
    nixSeed(project, 'restore', image, '--root', seeded)
  })
  await step('Seeded: build', () => build(seeded))
  console.log(`   the seed: ${seed.paths.length} store paths, ${formatBytes(seed.bytes)} compressed`)
}

/** The job as the Actions runner would start it, with no network at all. */
async function containerJob(folder: string, image: string): Promise<void> {
  const engine = podmanEngine()
  await step(`Pull the seed image (${engine.name}), as a runner does before a container job`, () =>
    pullImage(engine, image)
  )
  try {
    const work = join(folder, 'work')
    const job = await startJob(engine, image, { work, directory: 'hello' })
    try {
      await step('In the container, without network: nix build', async () => {
        const log = await job.exec(['nix', 'build', '--print-build-logs', '--no-link', '--print-out-paths'])
        if (log.code !== 0) throw new Error(log.stderr)
        const built = log.stderr.split('\n').filter(line => line.startsWith("building '"))
        for (const line of built) console.log(`   ${line}`)
        console.log(`   $ ${log.stdout.trim()}/bin/hello`)
        const greeting = await job.output([`${log.stdout.trim()}/bin/hello`])
        console.log(`   ${greeting.trim()}`)
        if (!greeting.includes('from a seed')) throw new Error('the program is not the changed one')
      })
      await step('In the container: nix flake check', () => job.output(['nix', 'flake', 'check']))
      await step('In the container: nix develop -c true', () => job.output(['nix', 'develop', '-c', 'true']))
    } finally {
      await job.remove()
    }
  } finally {
    await removeImage(engine, image)
  }
}

function summary(): void {
  const width = Math.max(...steps.map(each => each.what.length))
  console.log('\nWhat took how long')
  for (const { what, milliseconds } of steps)
    console.log(`  ${what.padEnd(width)}  ${formatDuration(milliseconds).padStart(8)}`)
  const seedless = sinceOf(/^Seedless: an/)
  const seeded = sinceOf(/^Seeded: an/)
  console.log('\n              set-up     build')
  console.log(
    `  seedless  ${formatDuration(seedless).padStart(8)}  ${formatDuration(sinceOf(/^Seedless: build/)).padStart(8)}`
  )
  console.log(
    `  seeded    ${formatDuration(seeded).padStart(8)}  ${formatDuration(sinceOf(/^Seeded: build/)).padStart(8)}`
  )
  console.log(
    `  set-up from the seed takes ${(seeded / seedless).toFixed(2)} of the time, and the binary cache is a local folder: no round trips, no TLS`
  )
}

if (!existsSync(cli)) throw new Error('dist/cli/index.js is missing: npm run build')
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-demo-'))
try {
  const digest = await demo(folder)
  summary()
  console.log(`\ndemo: ok ${digest}`)
} finally {
  execFileSync('chmod', ['-R', 'u+w', folder])
  rmSync(folder, { recursive: true, force: true })
}
