import { BundleRefusal } from '../attest/verify/refusal.ts'
import type { ErrorCode, SeedError } from '../errors.ts'

/** An error as `--json` tells it. */
export interface ErrorData {
  code: ErrorCode
  message: string
  resource?: string
  hint?: string
  /** Of a bundle that is refused. */
  reason?: string
  expected?: string
  found?: string
}

export function errorData(error: SeedError): ErrorData {
  const { code, message, resource, hint } = error
  const refusal = error instanceof BundleRefusal ? error : undefined
  return {
    code,
    message,
    ...(resource !== undefined && { resource }),
    ...(hint !== undefined && { hint }),
    ...(refusal && { reason: refusal.reason }),
    ...(refusal?.expected !== undefined && { expected: refusal.expected }),
    ...(refusal?.found !== undefined && { found: refusal.found })
  }
}
