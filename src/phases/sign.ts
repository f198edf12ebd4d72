/**
 * Signs the seeds of a job. Whatever loads this loads Sigstore's libraries; `main.ts` does so where a seed is to be signed,
 * and all else goes by the types alone.
 */
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { readPrivateKey } from '../attest/key.ts'
import type { TokenSource } from '../attest/token.ts'
import { SeedError } from '../errors.ts'
import { permissionHint } from '../permission.ts'
import { attestSeed, checkSigning, checkSource, type Signing } from '../seed/attest.ts'
import { step, type Phase } from './context.ts'
import type { Sign } from './signature.ts'
import type { SigningKey } from './signing-inputs.ts'

/**
 * Finds out whether this job can sign, which takes a moment, before anything that takes long.
 *
 * @throws SeedError IDENTITY_MISSING, IDENTITY_INVALID, KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function prepareSigning(phase: Phase): Promise<Sign> {
  const { signing, identity } = await step(phase, 'Find out who signs', async () => {
    const means = signingOf(phase)
    const found = await checkSigning(means, phase.ports)
    if (means.kind === 'key') phase.ports.log.info(`signing with a key, as ${means.builderId}`)
    return { signing: means, identity: found }
  })
  // Below the folder that the last phase removes: what is kept hangs on the image.
  const sign: Sign = seed => attestSeed({ ...seed, signing, files: join(phase.folder, 'attestation') }, phase.ports)
  if (identity) sign.check = flake => void checkSource(identity, flake)
  return sign
}

function signingOf(phase: Phase): Signing {
  const { audience, key, ...services } = phase.inputs.signing
  if (key === undefined) return { services, audience, kind: 'keyless', token: jobToken(phase) }
  return { services, audience, kind: 'key', privateKey: openKey(key), builderId: key.builderId }
}

function openKey({ pem, passphrase }: SigningKey): KeyObject {
  try {
    return readPrivateKey(pem, passphrase)
  } catch (error) {
    if (!(error instanceof SeedError) || passphrase === undefined) throw error
    // The command line has the passphrase from elsewhere.
    const hint = 'Look at what the inputs signing-key and signing-key-passphrase are given.'
    throw new SeedError(error.code, error.message, { hint, cause: error })
  }
}

/** The identity tokens of the job. @throws SeedError IDENTITY_MISSING with what to add to the workflow */
function jobToken({ runner, ports }: Phase): TokenSource {
  return async audience => {
    try {
      ports.signal.throwIfAborted()
      return await unlessAborted(runner.idToken(audience), ports.signal)
    } catch (error) {
      ports.signal.throwIfAborted()
      throw identityMissing(error)
    }
  }
}

/** The toolkit asks again for minutes where the service does not answer, and cannot be told to stop. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([answer, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Without its cause: the toolkit quotes what the server has answered, and that may be anything. */
function identityMissing(error: unknown): SeedError {
  const said = error instanceof Error ? error.message : ''
  const permission = `${permissionHint('id-token: write')}\nOr set "sign: false": the seed is published and pinned without a signature then.`
  // https://github.com/actions/toolkit/blob/main/packages/core/src/oidc-utils.ts
  if (/\bACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)\b/.test(said)) {
    return new SeedError('IDENTITY_MISSING', 'the job has no identity to sign its seed with', { hint: permission })
  }
  const status = /Error Code\s*:\s*(\d{3})\b/.exec(said)?.[1]
  const what = status === undefined ? 'did not answer, or with no token' : `answered ${status}`
  return new SeedError('IDENTITY_MISSING', `the job's identity token could not be had: the runner's service ${what}`, {
    hint: `Run the job again later. If that does not help:\n${permission}`
  })
}
