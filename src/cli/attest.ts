import { resolve } from 'node:path'
import type { Ports } from '../ports.ts'
import { readFlake } from '../nix/flake.ts'
import { formatName, parseName, type ImageName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest, Repository } from '../oci/types.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { splitInstallable } from './installable.ts'
import { repositoryOptions, requireDigest, withoutTag } from './repository.ts'
import {
  AGAIN,
  attachLine,
  bundleFolder,
  describeAttestation,
  isAttachable,
  SIGNING_DETAILS,
  SIGNING_OPTIONS,
  sourceLabel,
  withHint
} from './signing-options.ts'

export const attestCommand: CommandSpec = {
  name: 'attest',
  summary: 'sign the provenance of a published seed and attach it',
  synopsis: 'REFERENCE@DIGEST [INSTALLABLE] [OPTION]…',
  positionals: { min: 1, max: 2 },
  options: {
    ...SIGNING_OPTIONS,
    source: { value: 'URL', help: "the project's repository, if publish was given it" },
    'started-on': { value: 'TIME', help: "when the build began, in ISO 8601 (default: the CI job's start, else now)" },
    bundle: { value: 'FILE', help: 'sign nothing: attach this bundle, which was signed before' },
    bill: { value: 'FILE', help: 'with --bundle: its bill of materials (default: beside it)' },
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'For pipelines that publish in another step; `nix-seed publish --sign` does both. INSTALLABLE is what was published, as publish takes it; the flake in this folder by default.',
    'A builder attests only what it built itself. So the seed is evaluated, built and packed here once more, which sends nothing and is quick where the store has it, and has to come out as the same digest: from the same lock, by the same version of nix-seed, with the same --source.',
    'Tags are not touched: `publish --sign` moves them once all is attached, and after a failure the same command may be run again. --bundle attaches to an image what was signed for it before, and does nothing else: no token is asked for, nothing is built, no tag is moved.',
    ...SIGNING_DETAILS
  ],
  examples: [
    { line: 'nix-seed attest ghcr.io/org/repo/seed@sha256:…', meaning: 'the seed of the flake in this folder' },
    {
      line: 'nix-seed attest HOST/seed@sha256:… --key env:SEED_KEY --builder-id https://ci.example.org/seed',
      meaning: 'with a key'
    },
    {
      line: 'nix-seed attest HOST/seed@sha256:… --bundle seed-0123456789abcdef.sigstore.json',
      meaning: 'attach what was signed'
    }
  ],
  run: runAttest
}

async function runAttest(args: Arguments, io: CommandIo): Promise<void> {
  const started = new Date()
  const name = parseName(args.positionals[0] ?? '')
  const bundle = args.text('bundle')
  if (bundle === undefined && args.text('bill') !== undefined) throw usage(attestCommand, '--bill goes with --bundle')
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    const digest = await requireDigest(name, repository, 'is attested')
    if (bundle === undefined) await sign(name, digest, repository, started, args, io)
    else await attach(name, digest, repository, bundle, args, io)
  } finally {
    await repository.close()
  }
}

async function sign(
  name: ImageName,
  digest: Digest,
  repository: Repository,
  started: Date,
  args: Arguments,
  io: CommandIo
): Promise<void> {
  const { ports } = io
  const startedOn = readStart(args, io.env, started)
  const { reference, attribute } = splitInstallable(args.positionals[1] ?? '.')
  const [{ readSigning }, { attestSeed, checkSigning }] = await Promise.all([
    import('./signing.ts'),
    import('../seed/attest.ts')
  ])
  const signing = await readSigning(attestCommand, args, io)
  const flake = await readFlake(reference, ports, { cwd: io.cwd })
  const labels = sourceLabel(args)
  await checkSigning(signing, ports, { flake, labels })
  const { digest: _, ...bare } = withoutTag(name)
  const image = formatName({ ...bare, digest })
  const files = bundleFolder(args, io)
  const selected = { flake, labels, ...(attribute !== undefined && { attribute }) }
  const attestation = await attestSeed(
    { repository, name: formatName(bare), digest, startedOn, signing, files, ...selected },
    ports
  ).catch((error: unknown) => {
    throw isAttachable(error) ? withHint(error, AGAIN, attachLine(image, files, digest)) : error
  })
  if (args.flag('json')) io.print(`${JSON.stringify({ reference: image, ...attestation }, null, 2)}\n`)
  else {
    for (const line of describeAttestation(attestation)) ports.log.info(line)
    io.print(`${image}\n`)
  }
}

async function attach(
  name: ImageName,
  digest: Digest,
  repository: Repository,
  bundle: string,
  args: Arguments,
  io: CommandIo
): Promise<void> {
  const unused = [...Object.keys(SIGNING_OPTIONS), 'source', 'started-on'].find(
    option => args.text(option) !== undefined
  )
  if (unused !== undefined) throw usage(attestCommand, `--${unused} is of no use with --bundle: nothing is signed`)
  if (args.positionals[1] !== undefined) throw usage(attestCommand, 'a flake is of no use with --bundle')
  const bill = args.text('bill')
  const files = { bundle: resolve(io.cwd, bundle), ...(bill !== undefined && { bill: resolve(io.cwd, bill) }) }
  const { attachFiles } = await import('../seed/attach.ts')
  const attached = await attachFiles(repository, digest, files)
  const image = formatName({ ...withoutTag(name), digest })
  if (args.flag('json')) io.print(`${JSON.stringify({ reference: image, ...attached }, null, 2)}\n`)
  else {
    for (const [what, at] of [['bundle', attached.bundle] as const, ['bill of materials', attached.bill] as const]) {
      if (at) io.ports.log.info(`${what} ${at.existed ? 'was attached already' : 'attached'}: ${at.descriptor.digest}`)
    }
    io.print(`${image}\n`)
  }
}

/** Variables in which CI providers tell when a job began. */
const START_VARIABLES = ['CI_JOB_STARTED_AT', 'CODEBUILD_START_TIME'] as const

function readStart(args: Arguments, env: Ports['env'], now: Date): Date {
  const given = args.text('started-on')
  if (given !== undefined) {
    // Without a zone, it would mean another time on another machine.
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/.test(given)
      ? new Date(given)
      : NaN
    if (Number.isNaN(Number(time))) throw usage(attestCommand, '--started-on is no time like 2026-01-31T12:00:00Z')
    if (Number(time) > Number(now)) throw usage(attestCommand, '--started-on is in the future')
    return new Date(time)
  }
  for (const name of START_VARIABLES) {
    const text = env[name] ?? ''
    const time = new Date(/^\d+$/.test(text) ? Number(text) : text)
    if (!Number.isNaN(Number(time)) && time <= now) return time
  }
  return now
}
