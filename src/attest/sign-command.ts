/** Signs with a program that has the key: the client of a key management service, a hardware token. */
import { createHash, verify, type KeyObject } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { run, ToolFailure } from '../process.ts'

const MAX_ANSWER_BYTES = 64 * 1024
const TIMEOUT_MS = 120_000
/** What speaks for the job is none of the program's business; what opens the service's door is. */
const HIDDEN = /^(?:ACTIONS_|INPUT_|SIGSTORE_ID_TOKEN$|CIRCLE_OIDC_TOKEN|NIX_SEED_KEY)/

/**
 * Runs `sh -c command` with the 32 bytes of the SHA-256 digest of `data` on standard input. It prints the signature: DER for
 * ECDSA, as it is or in base64.
 *
 * @throws SeedError TOOL_FAILED with what it printed on standard error; SIGNING_FAILED where the answer is no signature by
 *   `publicKey`
 */
export async function signWithCommand(
  command: string,
  publicKey: KeyObject,
  data: Buffer,
  { env, signal }: Ports
): Promise<Buffer> {
  if (publicKey.asymmetricKeyType === 'ed25519') {
    throw new SeedError('KEY_INVALID', 'no program can sign a digest with an Ed25519 key', {
      hint: 'Use an ECDSA key on the curve P-256 with --sign-command.'
    })
  }
  const seen = Object.fromEntries(Object.entries(env).filter(([name]) => !HIDDEN.test(name)))
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  let stdout: Buffer
  try {
    const ended = await run('sh', ['-c', command], {
      env: seen,
      signal: AbortSignal.any([signal, timeout]),
      input: createHash('sha256').update(data).digest(),
      maxStdoutBytes: MAX_ANSWER_BYTES
    })
    stdout = ended.stdout
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) throw failed(`the signing command has not ended after ${TIMEOUT_MS / 1000} s`)
    throw error instanceof ToolFailure ? failed(`the signing command failed: ${error.message}`, error) : error
  }
  const signature = [stdout, fromBase64(stdout)].find(
    each => each !== undefined && each.length > 0 && verify('sha256', data, publicKey, each)
  )
  if (signature) return signature
  throw new SeedError('SIGNING_FAILED', 'what the signing command printed is no signature by the public key', {
    hint: 'It reads a SHA-256 digest (32 bytes) on standard input and prints the signature of it, DER or base64 of DER, and nothing else. Check that --public-key belongs to the same key.'
  })
}

function fromBase64(text: Buffer): Buffer | undefined {
  const compact = text.toString('latin1').replace(/\s+/g, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(compact) ? Buffer.from(compact, 'base64') : undefined
}

function failed(message: string, cause?: unknown): SeedError {
  return new SeedError('TOOL_FAILED', message, {
    hint: 'Run it by hand: printf "" | openssl dgst -sha256 -binary | sh -c COMMAND',
    ...(cause !== undefined && { cause })
  })
}
