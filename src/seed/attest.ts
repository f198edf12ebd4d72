/**
 * Attest: from a published seed to a signed statement about it that hangs on the image. Whoever calls it says that this
 * job has built the seed: everything that can be checked of that is, and the rest is what a builder's word is worth.
 */
import { BILL_TYPE } from '../attest/bill-of-materials.ts'
import { provenance } from '../attest/provenance.ts'
import { signStatement, type SignedBundle, type SigstoreServices } from '../attest/sign.ts'
import type { Flake } from '../nix/flake.ts'
import { digestOf } from '../oci/digest.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import {
  billArtifact,
  bundleArtifact,
  createdOf,
  notAttached,
  writeAttestation,
  type AttestationFiles
} from './attestation.ts'
import { billOf } from './bill.ts'
import { readFacts, type BuiltSeed } from './facts.ts'
import { readSeedImage } from './image.ts'
import { rebuild } from './rebuild.ts'
import { signer, type Signing } from './signing.ts'
import { waiting } from './waiting.ts'

export { checkSigning, checkSource, type Signing } from './signing.ts'
export type { BuiltSeed } from './facts.ts'
export type { AttestationFiles } from './attestation.ts'

export interface AttestRequest {
  repository: Repository
  /** The repository's name, as the statement's subject has it: `ghcr.io/org/repo/seed`. */
  name: string
  /** Of the image index. */
  digest: Digest
  flake: Flake
  /** Attribute of the flake; `seed` or the automatic cut by default. Only used where `built` is absent. */
  attribute?: string
  /**
   * What `publish` has built just now (`Published.built`). Where it is absent, the seed is built and packed here before it
   * is attested, and has to be the image, to the last bit.
   */
  built?: BuiltSeed
  /** Labels that the image was published with (`PublishRequest.labels`). Only used where `built` is absent. */
  labels?: Record<string, string>
  /** Reference with digest of the seed that the store was restored from before the build, if it was. */
  startedFrom?: string
  /** When the build began. It ends when this is called. */
  startedOn: Date
  signing: Signing
  /** The folder that keeps bundle and bill of materials; made if it is missing. */
  files: string
}

export interface Attestation {
  predicateType: string
  builderId: string
  /** Who signed, as the certificate has it; absent where a key did. */
  identity?: string
  issuer?: string
  /** Place in the transparency log; absent without one. */
  logIndex?: string
  /** Where people can look the entry up; known of the public log alone. */
  logUrl?: string
  /** When it was signed, as log or timestamp authority say: ISO 8601. */
  timestamp?: string
  /** The manifests that hang on the image. */
  bundle: Descriptor
  bill: Descriptor
  files: AttestationFiles
  milliseconds: { facts: number; identity: number; sign: number; attach: number; total: number }
}

/**
 * Signs the provenance of a seed and attaches it to the image, with the bill of materials that it names.
 *
 * @throws SeedError USAGE where the image is another than what is built of the flake, or the flake another than what the
 *   identity is of; NOT_A_SEED; of every stage of signing; of the registry, and then what has been signed is in `files`
 */
export async function attestSeed(request: AttestRequest, ports: Ports): Promise<Attestation> {
  const { repository, name, digest, flake, signing, startedOn } = request
  const watch = new Stopwatch()
  const image = await readSeedImage(repository, digest)
  const built = request.built ?? (await rebuild(image, { ...request, labels: request.labels ?? {} }, ports))
  const finishedOn = new Date()
  const facts = await waiting('gathering what is attested', ports, () => readFacts(image, { ...request, built }, ports))
  const bill = billOf(image, { name, digest })
  watch.lap('facts')

  const { means, builder } = await waiting('getting an identity', ports, () =>
    signer(signing, { flake, labels: image.indexAnnotations }, ports)
  )
  watch.lap('identity')

  const statement = provenance(builder, {
    ...facts,
    subject: { name, digest },
    startedOn,
    finishedOn,
    bill: { digest: digestOf(bill), mediaType: BILL_TYPE, size: bill.length }
  })
  const signed = await waiting('signing', ports, () => signStatement(statement, means, signing.services, ports))
  const files = await writeAttestation(request.files, digest, signed.json, bill)
  watch.lap('sign')

  const artifacts = [bundleArtifact(Buffer.from(signed.json), signed.summary), billArtifact(bill)]
  const attached = await waiting('attaching', ports, () => repository.attach(image.index, artifacts)).catch(
    (error: unknown) => {
      throw notAttached(error, ports.signal)
    }
  )
  watch.lap('attach')
  const [bundleAt, billAt] = attached
  if (!bundleAt || !billAt) throw new Error('less was attached than given') // cannot happen
  return {
    ...describeBundle(signed, signing.services),
    predicateType: statement.predicateType,
    builderId: builder.id,
    bundle: bundleAt.descriptor,
    bill: billAt.descriptor,
    files,
    milliseconds: watch.result()
  }
}

const PUBLIC_LOG = 'https://rekor.sigstore.dev'

function describeBundle(
  { summary }: SignedBundle,
  services: SigstoreServices
): Pick<Attestation, 'identity' | 'issuer' | 'logIndex' | 'logUrl' | 'timestamp'> {
  const { signer, logs } = summary
  const created = createdOf(summary)
  const logIndex = logs[0]?.index
  const isPublic = services.rekorUrl?.replace(/\/+$/, '') === PUBLIC_LOG
  return {
    ...(signer.kind === 'certificate' && signer.identity !== undefined && { identity: signer.identity }),
    ...(signer.kind === 'certificate' && signer.issuer !== undefined && { issuer: signer.issuer }),
    ...(logIndex !== undefined && { logIndex }),
    ...(logIndex !== undefined && isPublic && { logUrl: `https://search.sigstore.dev/?logIndex=${logIndex}` }),
    ...(created !== undefined && { timestamp: created.toISOString() })
  }
}

type Lap = Exclude<keyof Attestation['milliseconds'], 'total'>

class Stopwatch {
  readonly #started = performance.now()
  readonly #laps = { facts: 0, identity: 0, sign: 0, attach: 0 }
  #last = this.#started

  lap(name: Lap): void {
    const now = performance.now()
    this.#laps[name] = Math.round(now - this.#last)
    this.#last = now
  }

  result(): Attestation['milliseconds'] {
    return { ...this.#laps, total: Math.round(performance.now() - this.#started) }
  }
}
