import { redactUrl } from './address.ts'

export { redactUrl }

/**
 * Every failure that the program can name. The set is closed: callers, tests and exit codes switch on it.
 */
export type ErrorCode =
  | 'USAGE' // wrong arguments or inputs
  | 'TOOL_MISSING' // a program that is needed is not installed
  | 'TOOL_FAILED' // a program (other than Nix) failed
  | 'NIX_EVALUATION' // Nix could not evaluate the flake
  | 'NIX_BUILD' // Nix could not build or fetch a path
  | 'FLAKE_MISSING' // no flake.nix
  | 'LOCK_MISSING' // no flake.lock
  | 'LOCK_INVALID' // flake.lock is not a lock file
  | 'NOT_A_SEED' // the installable or image is no seed
  | 'REFERENCE_INVALID' // an image reference cannot be parsed
  | 'REGISTRY_UNREACHABLE' // host unknown, connection refused or cut
  | 'REGISTRY_DENIED' // credentials missing or refused
  | 'REGISTRY_FAILED' // the registry answered with an error
  | 'NOT_FOUND' // no such manifest or blob
  | 'DOWNLOAD_FAILED' // a file could not be fetched from where it is published
  | 'DIGEST_MISMATCH' // bytes are not what their digest says
  | 'CONTENT_INVALID' // bytes are intact and still not what the format asks for
  | 'STORE_INVALID' // the Nix store holds something that cannot be packed
  | 'DISK_FULL'
  | 'FILE_SYSTEM' // any other failure of the local disk
  | 'NO_PRIVILEGE' // it takes root or a sudo that asks no password
  | 'PLATFORM' // this operating system or processor is not supported
  | 'PIN_MISSING' // the flake has no input seed-self, or it pins no seed for this system
  | 'PIN_INVALID' // seed.json or the node of seed-self is not what it should be
  | 'SEED_REFUSED' // the pin names an image that the workflow does not trust
  | 'FORGE_UNREACHABLE' // the forge's API does not answer
  | 'FORGE_DENIED' // the token is missing, expired or lacks a permission
  | 'FORGE_LIMITED' // the API's rate limit is reached
  | 'FORGE_CONFLICT' // somebody else changed the branch meanwhile
  | 'FORGE_FAILED' // the API answered with an error
  | 'IDENTITY_MISSING' // the job has no OIDC token to sign with
  | 'IDENTITY_INVALID' // the OIDC token is not what it should be, or was refused
  | 'KEY_INVALID' // a key cannot be read or used
  | 'SIGSTORE_UNREACHABLE' // certificate authority, log, timestamp authority or token issuer do not answer
  | 'SIGSTORE_FAILED' // one of them answered with an error
  | 'SIGNING_FAILED' // what was signed would not verify
  | 'TRUST_ROOT_INVALID' // what a verifier is to trust cannot be read or used
  | 'BUNDLE_REFUSED' // an attestation does not verify, or is not what was expected
  | 'POLICY_INVALID' // a policy is not what the format asks for, or contradicts itself
  | 'POLICY_UNMET' // no set of builders can meet the policy, or those that attested do not
  | 'INTERRUPTED'

export interface SeedErrorOptions {
  /** The file, URL or reference that the failure is about; secrets and query strings are removed. */
  resource?: string
  /** What the reader should do next, as one sentence. */
  hint?: string
  cause?: unknown
}

/**
 * An error made for people: what failed, on which resource, and what to do next.
 *
 * @throws nothing itself; the constructor redacts `resource`.
 */
export class SeedError extends Error {
  override readonly name = 'SeedError'
  readonly code: ErrorCode
  readonly resource?: string
  readonly hint?: string

  constructor(code: ErrorCode, message: string, options: SeedErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    if (options.resource !== undefined) this.resource = redactUrl(options.resource)
    if (options.hint !== undefined) this.hint = options.hint
  }
}

/** The system's error code of `error` (`ENOENT`, `ENOSPC`, …), looked up through its causes. */
export function systemCode(error: unknown): string | undefined {
  // Not `instanceof`: in tests, errors of Node itself belong to another realm.
  for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++) {
    const code = (e as NodeJS.ErrnoException).code
    if (typeof code === 'string' && !(e instanceof SeedError)) return code
  }
  return undefined
}

/** Exit codes of the command line: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network. */
export function exitCode(code: ErrorCode): number {
  switch (code) {
    case 'USAGE':
    case 'REFERENCE_INVALID':
    case 'POLICY_INVALID':
      return 2
    case 'SEED_REFUSED':
    case 'POLICY_UNMET':
      return 3
    case 'IDENTITY_INVALID':
    case 'KEY_INVALID':
    case 'SIGNING_FAILED':
    case 'TRUST_ROOT_INVALID':
    case 'BUNDLE_REFUSED':
      return 4
    case 'SIGSTORE_UNREACHABLE':
    case 'SIGSTORE_FAILED':
    case 'FORGE_UNREACHABLE':
    case 'FORGE_DENIED':
    case 'FORGE_LIMITED':
    case 'FORGE_CONFLICT':
    case 'FORGE_FAILED':
    case 'REGISTRY_UNREACHABLE':
    case 'REGISTRY_DENIED':
    case 'REGISTRY_FAILED':
    case 'NOT_FOUND':
    case 'DOWNLOAD_FAILED':
    case 'DIGEST_MISMATCH':
      return 5
    default:
      return 1
  }
}
