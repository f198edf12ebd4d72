import { redactUrl, SeedError, systemCode } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { HttpError } from '../http/error.ts'

export interface FailureContext {
  /** "uploading sha256:…" */
  doing: string
  /** `HOST/REPOSITORY` */
  name: string
  host: string
  /** No credentials were found. */
  anonymous: boolean
  redact: (text: string) => string
}

const MESSAGE_CHARACTERS = 400

/** The SeedError for a failed exchange with a registry; what is no HttpError is passed through. */
export function registryFailure(error: unknown, context: FailureContext): unknown {
  if (!(error instanceof HttpError)) return error
  const { doing, name } = context
  const clean = (text: string) => redactUrl(context.redact(text))
  const said = error.status === undefined ? '' : registryMessage(error.body)
  const detail = [error.message, said, error.status === undefined ? causeMessage(error) : ''].filter(Boolean).join(': ')
  const code = errorCode(error, said)
  const hint = hintFor(code, error, context)
  // A copy for the cause: the error itself holds the answer, which may echo what was sent.
  const cause = Object.assign(new Error(clean(error.message)), { code: systemCode(error) })
  return new SeedError(code, `${doing}: ${clean(detail)}`, {
    resource: name,
    cause,
    ...(hint !== undefined && { hint })
  })
}

/**
 * What a registry says for itself, on one line and without anything that could take a terminal or log over.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export function registryMessage(body: string): string {
  let text: string
  try {
    const { errors } = JSON.parse(body) as { errors?: { code?: unknown; message?: unknown; detail?: unknown }[] }
    text = (errors ?? []).map(e => [e.code, e.message].filter(part => typeof part === 'string').join(': ')).join('; ')
  } catch {
    text = /^\s*</.test(body) ? '' : body // a page of HTML says nothing in a log
  }
  const line = redactUrl(text)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line
}

function errorCode(error: HttpError, said: string): ErrorCode {
  switch (error.status) {
    case undefined:
      return error.retriable || error.cause !== undefined ? 'REGISTRY_UNREACHABLE' : 'REGISTRY_FAILED'
    case 401:
    case 403:
      return 'REGISTRY_DENIED'
    case 404:
      return 'NOT_FOUND'
    default:
      return said.includes('DIGEST_INVALID') ? 'DIGEST_MISMATCH' : 'REGISTRY_FAILED'
  }
}

function causeMessage(error: HttpError): string {
  return Error.isError(error.cause) ? error.cause.message : ''
}

function hintFor(code: ErrorCode, error: HttpError, { host, anonymous }: FailureContext): string | undefined {
  if (code === 'REGISTRY_DENIED') {
    const login = anonymous ? `No credentials for ${host} were found: log in with` : 'Log in again with'
    const actions = 'In GitHub Actions, give the job "permissions: packages: write" (read, to restore only).'
    return `${login} \`docker login ${host}\`.${host === 'ghcr.io' ? ` ${actions}` : ''}`
  }
  if (error.status === 429)
    return `${host} limits requests: wait, or log in with \`docker login ${host}\` for a higher limit.`
  if (code === 'REGISTRY_UNREACHABLE') return reachHint(error, host)
  return undefined
}

function reachHint(error: HttpError, host: string): string {
  const code = systemCode(error) ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `Is "${host}" spelt right, and is there a network?`
  if (code === 'ECONNREFUSED') return `Nothing listens at ${host}: is the registry running, and is this its port?`
  if (code === 'EPROTO')
    return `${host} does not speak TLS: if it is a plain http registry that you trust, allow it with --insecure.`
  if (/CERT|SIGNED|ISSUER|ALTNAME|SIGNATURE/.test(code)) {
    return 'Its certificate is not trusted here: name the file of its authority in NODE_EXTRA_CA_CERTS.'
  }
  return 'Check the network, and the proxy if there is one, and run it again: what was uploaded is not sent twice.'
}
