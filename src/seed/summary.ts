/** A signed statement that a seed passed verification, for those who trust the verifier and do not verify themselves. */
import { signStatement } from '../attest/sign.ts'
import { verificationSummary } from '../attest/verification-summary.ts'
import type { Descriptor, Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { VERSION } from '../version.ts'
import { subjectOf } from './attach.ts'
import { bundleArtifact, notAttached, summaryFile, writeFiles } from './attestation.ts'
import { signerId, signingMeans, type Signing } from './signing.ts'
import { requireVerified, type JudgedBundle, type Verification } from './verification.ts'
import { waiting } from './waiting.ts'

export interface SummaryRequest {
  /** One that passed. */
  verification: Verification
  /** Holds the image. */
  repository: Repository
  signing: Signing
  /** The folder that keeps the bundle; made if it is missing. */
  files: string
  /** URI that users of the image fetch it from; by default `oci://REPOSITORY`, which has no tag and no digest. */
  resource?: string
}

export interface AttestedVerification {
  predicateType: string
  /** Who signed: `verifier.id` of the statement. */
  verifier: string
  /** The manifest that hangs on the image. */
  bundle: Descriptor
  /** Where the bundle is kept. */
  file: string
}

/**
 * Signs a SLSA Verification Summary Attestation of `verification` and attaches it to the image. It is no vote: `verify`
 * counts provenance alone.
 *
 * @throws SeedError POLICY_UNMET where the verification did not pass; NOT_FOUND where the image is missing; of signing;
 *   FILE_SYSTEM, DISK_FULL; of the registry, and then what has been signed is in the file that the hint names
 */
export async function attestVerification(request: SummaryRequest, ports: Ports): Promise<AttestedVerification> {
  const { verification, repository, signing, files } = request
  requireVerified(verification)
  const verifiedOn = new Date()
  // Nothing is entered in a public log for an image that is not there.
  const image = await subjectOf(repository, verification.digest)
  const means = await waiting('getting an identity', ports, () => signingMeans(signing, ports))
  const verifier = { id: signerId(signing, means), version: { 'nix-seed': VERSION } }
  const statement = verificationSummary(verifier, {
    subject: { name: repository.name, digest: verification.digest },
    resource: request.resource ?? placeOf(repository),
    verifiedOn,
    policy: verification.policy,
    attestations: verification.bundles
      .filter(({ verdict }) => verdict === 'counted')
      .map(bundle => inputOf(bundle, repository))
  })
  const signed = await waiting('signing', ports, () => signStatement(statement, means, signing.services, ports))
  const file = summaryFile(files, verification.digest)
  await writeFiles(files, [[file, signed.json]])

  const artifact = bundleArtifact(Buffer.from(signed.json), signed.summary)
  const [attached] = await waiting('attaching', ports, () => repository.attach(image, [artifact])).catch(
    (error: unknown) => {
      const line = `nix-seed attest ${repository.name}@${verification.digest} --bundle ${file}`
      throw notAttached(error, ports.signal, `Attach what has been signed when that is put right: ${line}`)
    }
  )
  if (!attached) throw new Error('less was attached than given') // cannot happen
  return { predicateType: statement.predicateType, verifier: verifier.id, bundle: attached.descriptor, file }
}

/** One that hangs on the image has an address; the path of a file on this machine is nobody else's business. */
function inputOf({ bundle, sources }: JudgedBundle, repository: Repository): { digest: string; uri?: string } {
  const referrer = sources.map(source => /^referrer (sha256:[0-9a-f]{64})$/.exec(source)?.[1]).find(Boolean)
  return { digest: bundle, ...(referrer !== undefined && { uri: `${placeOf(repository)}@${referrer}` }) }
}

/** An image layout's name has a scheme already. */
function placeOf({ name }: Repository): string {
  return name.startsWith('oci:') ? name : `oci://${name}`
}
