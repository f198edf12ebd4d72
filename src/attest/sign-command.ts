/** Signs with a program that has the key: the client of a key management service, or of a hardware token. */
import { createHash, verify, type KeyObject } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { run, ToolFailure } from '../process.ts'

const MAX_ANSWER_BYTES = 64 * 1024
const TIMEOUT_MS = 120_000
const KILL_AFTER_MS = 2000
/** What speaks for the job is none of the program's business; what opens the door of its service is. */
const HIDDEN =
  /^(?:ACTIONS_|INPUT_|SIGSTORE_ID_TOKEN$|CIRCLE_OIDC|NIX_SEED_KEY|GITHUB_TOKEN$|GH_TOKEN$|CI_JOB_TOKEN$|CI_JOB_JWT|CI_REGISTRY_PASSWORD$|CI_DEPENDENCY_PROXY_PASSWORD$)/

/** @throws SeedError KEY_INVALID where no program can sign for such a key */
export function checkCommandKey(publicKey: KeyObject): void {
  if (publicKey.asymmetricKeyType !== 'ed25519') return
  throw new SeedError('KEY_INVALID', 'no program can sign a digest with an Ed25519 key', {
    hint: 'Use an ECDSA key on the curve P-256 for the command.'
  })
}

/**
 * Runs `sh -c command` with the 32 bytes of the SHA-256 of `data` on standard input. It prints the signature of that digest,
 * as ECDSA in DER or RSA by PKCS#1 v1.5 have it, as it is or in base64.
 *
 * The program sees the environment without tokens of the job and without keys of this program.
 *
 * @throws SeedError TOOL_FAILED with what it printed on standard error; SIGNING_FAILED where the answer is no signature by
 *   `publicKey`; KEY_INVALID; the signal's reason
 */
export async function signWithCommand(
  command: string,
  publicKey: KeyObject,
  data: Buffer,
  { env, signal }: Ports,
  timeoutMs = TIMEOUT_MS
): Promise<Buffer> {
  checkCommandKey(publicKey)
  const deadline = AbortSignal.timeout(timeoutMs)
  let stdout: Buffer
  try {
    const ended = await run('sh', ['-c', command], {
      env: Object.fromEntries(Object.entries(env).filter(([name]) => !HIDDEN.test(name))),
      signal: AbortSignal.any([signal, deadline]),
      input: createHash('sha256').update(data).digest(),
      maxStdoutBytes: MAX_ANSWER_BYTES,
      killAfterMs: KILL_AFTER_MS
    })
    stdout = ended.stdout
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) throw failed(`it has not ended after ${timeoutMs / 1000} s`)
    if (error instanceof ToolFailure) throw failed(describe(error), error)
    throw error instanceof SeedError && error.code === 'TOOL_FAILED' ? failed(error.message, error) : error
  }
  const signature = candidates(stdout).find(each => isSignature(each, data, publicKey))
  if (signature) return signature
  const what =
    stdout.length === 0 ? 'it printed nothing' : `what it printed (${stdout.length} bytes) is none by the public key`
  throw new SeedError('SIGNING_FAILED', `the signing command made no signature: ${what}`, {
    hint: 'It reads a SHA-256 digest (32 bytes) on standard input, signs that without hashing it once more, and prints the signature alone: DER, or base64 of it. Check that the public key is of the same pair.'
  })
}

function describe({ exitStatus, stderr }: ToolFailure): string {
  const how = exitStatus === null ? 'it was killed' : `exit status ${exitStatus}`
  return stderr.trim() === '' ? how : `${how}:\n${stderr.trim()}`
}

function candidates(stdout: Buffer): Buffer[] {
  const compact = stdout.toString('latin1').replace(/\s+/g, '')
  return [stdout, ...(/^[\w+/-]+={0,2}$/.test(compact) ? [Buffer.from(compact, 'base64')] : [])]
}

function isSignature(signature: Buffer, data: Buffer, publicKey: KeyObject): boolean {
  try {
    return signature.length > 0 && verify('sha256', data, publicKey, signature)
  } catch {
    return false
  }
}

function failed(why: string, cause?: unknown): SeedError {
  return new SeedError('TOOL_FAILED', `the signing command failed: ${why}`, {
    hint: 'Try it by hand: printf x | openssl dgst -sha256 -binary | sh -c COMMAND',
    ...(cause !== undefined && { cause })
  })
}
