import { SeedError } from '../errors.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { currentSystem } from '../nix/evaluate.ts'
import { readFlake } from '../nix/flake.ts'
import { isDigest } from '../oci/digest.ts'
import { formatName, isTag, parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Attestation, AttestRequest, Signing } from '../seed/attest.ts'
import type { Format } from '../seed/erofs.ts'
import { publish, type Published } from '../seed/publish.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { splitInstallable } from './installable.ts'
import { repositoryOptions, withoutTag } from './repository.ts'
import {
  AGAIN,
  attachLine,
  bundleFolder,
  describeAttestation,
  isAttachable,
  refuseSigningOptions,
  SIGNING_DETAILS,
  SIGNING_OPTIONS,
  sourceLabel,
  withHint
} from './signing-options.ts'

export const publishCommand: CommandSpec = {
  name: 'publish',
  summary: 'build the seed of a flake and publish it as an OCI image',
  synopsis: '[INSTALLABLE] --to REFERENCE [OPTION]…',
  positionals: { min: 0, max: 1 },
  options: {
    to: { value: 'REFERENCE', help: 'HOST/REPOSITORY[:TAG], or oci:DIR[:TAG] for an image layout on disk' },
    tag: { value: 'TAG', short: 't', multiple: true, help: 'a further tag, beside those of lock and commit' },
    source: { value: 'URL', help: "the project's repository; becomes the label org.opencontainers.image.source" },
    format: {
      value: 'oci[,erofs]',
      help: 'whether layers are published as EROFS images too, which are mounted unpacked'
    },
    previous: { value: 'TAG|DIGEST', help: 'an earlier seed there, whose unchanged layers are taken over' },
    sign: { help: 'sign its provenance and attach it, before any tag points to it' },
    ...SIGNING_OPTIONS,
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'INSTALLABLE is a flake reference, with or without an attribute. Without one, the attribute is packages.SYSTEM.seed; a flake that has none is seeded all the same, with what its packages, checks, apps and dev shells need before they can build.',
    'An image that was made from the same lock and the same derivation is reused: nothing is built and nothing is sent. Layers go straight from the store to the registry, compressed on the way; there is no archive on disk.',
    'By default the layers are published twice where the mkfs.erofs of the package set can do it: as every client takes them, and as EROFS images. --format oci leaves these out, --format oci,erofs insists on them; an image in the other format is then not reused.',
    'Layers that did not change since the newest seed of this system in the repository, or the one of --previous, are neither packed nor sent. That takes the word of whoever can write there, so with --sign nothing is taken over but from a seed that --previous names by its digest.',
    'Credentials are those of docker login or podman login.',
    'With --sign, the seed is always built and packed: a builder attests only what it built itself.',
    ...SIGNING_DETAILS
  ],
  examples: [
    { line: 'nix-seed publish --to ghcr.io/org/repo/seed', meaning: 'the seed of the flake in this folder' },
    { line: 'nix-seed publish --to ghcr.io/org/repo/seed --sign', meaning: 'and sign its provenance' },
    { line: 'nix-seed publish .#seed --to oci:./seed --json', meaning: 'a declared seed, into a folder' },
    { line: 'nix-seed publish github:org/repo --to localhost:5000/seed --tag try', meaning: 'a flake from elsewhere' }
  ],
  run: runPublish
}

async function runPublish(args: Arguments, io: CommandIo): Promise<void> {
  const startedOn = new Date()
  const to = args.text('to')
  if (to === undefined) throw usage(publishCommand, '--to is missing: where should the image go?')
  const name = parseName(to)
  if (name.digest !== undefined) throw usage(publishCommand, '--to takes no digest: the digest is the result')
  const tags = [...(name.tag === undefined ? [] : [name.tag]), ...args.list('tag')]
  for (const tag of tags) {
    if (!isTag(tag)) throw usage(publishCommand, `${JSON.stringify(tag)} is not a tag`)
  }
  const previous = readPrevious(args)
  const format = readFormat(args.text('format'))
  const { reference, attribute } = splitInstallable(args.positionals[0] ?? '.')

  const { ports } = io
  const labels = sourceLabel(args)
  const signing = args.flag('sign') ? await readSigning(args, io) : undefined
  if (!signing) refuseSigningOptions(publishCommand, args)
  const [flake, system] = await Promise.all([readFlake(reference, ports, { cwd: io.cwd }), currentSystem(ports)])
  // Whether this job can sign that is found out before anything that takes long.
  if (signing) await (await import('../seed/attest.ts')).checkSigning(signing, ports, { flake, labels })
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    let attestation: Attestation | undefined
    const bare = withoutTag(name)
    const signed = signing && {
      isKnown: () => false,
      archives: false,
      beforeTags: async ({ digest, built }: Published) => {
        const files = bundleFolder(args, io)
        const subject = { name: formatName(bare), digest, ...(built && { built }) }
        attestation = await attest({ ...subject, repository, flake, startedOn, signing, files }, ports)
      }
    }
    const published = await publish(
      {
        flake,
        system,
        repository,
        tags,
        labels,
        ...(attribute === undefined ? {} : { attribute }),
        ...(format && { format }),
        ...(previous !== undefined && { previous }),
        ...signed
      },
      ports
    )
    const pinned = formatName({ ...bare, digest: published.digest })
    if (args.flag('json')) {
      io.print(`${JSON.stringify({ reference: pinned, ...published, ...(attestation && { attestation }) }, null, 2)}\n`)
    } else {
      ports.log.info(describe(published))
      if (attestation) for (const line of describeAttestation(attestation)) ports.log.info(line)
      io.print(`${pinned}\n`)
    }
  } finally {
    await repository.close()
  }
}

function readFormat(text: string | undefined): Format | undefined {
  const formats = text?.split(',').sort().join()
  if (formats === undefined || formats === 'oci') return formats
  if (formats === 'erofs,oci') return 'oci,erofs'
  throw usage(publishCommand, `--format takes oci or oci,erofs, not ${JSON.stringify(text)}`)
}

function readPrevious(args: Arguments): string | undefined {
  const previous = args.text('previous')
  if (previous === undefined || isDigest(previous)) return previous
  if (!isTag(previous)) throw usage(publishCommand, `${JSON.stringify(previous)} is neither a tag nor a digest`)
  if (!args.flag('sign')) return previous
  throw usage(publishCommand, 'with --sign, --previous takes a digest: anyone who can write there can move a tag')
}

async function readSigning(args: Arguments, io: CommandIo): Promise<Signing> {
  return (await import('./signing.ts')).readSigning(publishCommand, args, io)
}

/** The image is there when this fails, and its reader has to know that and what it is called. */
async function attest(request: AttestRequest, ports: CommandIo['ports']): Promise<Attestation> {
  const { attestSeed } = await import('../seed/attest.ts')
  try {
    return await attestSeed(request, ports)
  } catch (failure) {
    const isInterruption = ports.signal.aborted && !(failure instanceof SeedError)
    const error = isInterruption ? new SeedError('INTERRUPTED', 'interrupted', { cause: failure }) : failure
    if (!(error instanceof SeedError)) throw error
    const image = `${request.name}@${request.digest}`
    const isSigned = isAttachable(error)
    const told = new SeedError(error.code, `published, ${isSigned ? '' : 'not signed: '}${error.message}`, {
      resource: error.resource ?? image,
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error
    })
    const next = isSigned ? [attachLine(image, request.files, request.digest)] : []
    throw withHint(told, `The image is ${image}; no tag points to it.`, AGAIN, ...next)
  }
}

function describe(published: Published): string {
  const { milliseconds } = published
  if (published.reused) {
    return `reused: lock and seed derivation are unchanged, nothing built or sent (${formatDuration(milliseconds.total)})`
  }
  const known = published.knownLayers === 0 ? '' : `, ${published.knownLayers} of them known`
  const content = published.paths === 0 ? 'the archive' : `${published.paths} store paths`
  return (
    `published ${content} in ${published.layers} layers${known}: ` +
    `${formatBytes(published.narBytes)}, ${formatBytes(published.layerBytes)} compressed` +
    `${published.erofsBytes === 0 ? '' : `, ${formatBytes(published.erofsBytes)} as EROFS`} ` +
    `(evaluate ${formatDuration(milliseconds.evaluate)}, build ${formatDuration(milliseconds.build)}, ` +
    `pack and send ${formatDuration(milliseconds.pack)})`
  )
}
