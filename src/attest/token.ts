/** Where a job has its identity token from. */
import { readFile } from 'node:fs/promises'
import { SeedError, systemCode } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { run } from '../process.ts'
import { circleci } from './builder/circleci.ts'
import { github } from './builder/github.ts'
import { gitlab } from './builder/gitlab.ts'
import { isMeantFor, isTokenShaped } from './identity.ts'
import { isSecure, withIssuer, type IssuerOptions } from './issuer.ts'

/** Gets an identity token that is meant for `audience`, a fresh one where that can be had. */
export type TokenSource = (audience: string) => Promise<string>

export interface EnvironmentTokenOptions extends IssuerOptions {
  /** Holds the token. Goes before the environment. */
  file?: string
}

const CIRCLECI_OUTPUT_BYTES = 64 * 1024

/**
 * The token of the environment that the command line runs in: a file; `SIGSTORE_ID_TOKEN`; what GitHub Actions or
 * CircleCI make when they are asked.
 *
 * @returns a source that throws SeedError IDENTITY_MISSING with the lines to add, IDENTITY_INVALID, SIGSTORE_UNREACHABLE,
 *   SIGSTORE_FAILED; the signal's reason. No error shows the token, or what it was asked for with.
 */
export function environmentToken(ports: Ports, options: EnvironmentTokenOptions = {}): TokenSource {
  const { env } = ports
  const { file } = options
  return async audience => {
    if (file !== undefined) return shaped(await readToken(file), 'the file', file)
    const given = env['SIGSTORE_ID_TOKEN']?.trim()
    if (given !== undefined && given !== '') return shaped(given, 'the variable SIGSTORE_ID_TOKEN')
    if (env['ACTIONS_ID_TOKEN_REQUEST_URL'] && env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) {
      return requestToken(
        env['ACTIONS_ID_TOKEN_REQUEST_URL'],
        env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
        audience,
        ports,
        options
      )
    }
    if (env['GITHUB_ACTIONS'] === 'true')
      throw missing('the permission to get an identity token', github.hint(audience))
    if (env['GITLAB_CI'] === 'true') throw missing('an identity token (SIGSTORE_ID_TOKEN)', gitlab.hint(audience))
    if (env['CIRCLECI'] === 'true') return circleciToken(audience, ports)
    throw missing(
      'an identity token',
      'Run it in a job of GitHub Actions, GitLab CI or CircleCI; set SIGSTORE_ID_TOKEN or --token-file; or sign with --key or --sign-command.'
    )
  }
}

function missing(what: string, hint: string): SeedError {
  return new SeedError('IDENTITY_MISSING', `the job has not got ${what} to sign with`, { hint })
}

async function readToken(file: string): Promise<string> {
  // A token itself, given by mistake, must not come back in an error.
  if (/(?:^|\/)ey[\w-]+\.ey[\w-]+\.[\w-]*$/.test(file)) {
    throw new SeedError('USAGE', '--token-file takes a file that holds the token, never the token itself')
  }
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new SeedError('IDENTITY_MISSING', `the file with the identity token cannot be read (${systemCode(cause)})`, {
      resource: file,
      hint: 'Name a file that holds the token, and that this user may read.',
      cause
    })
  }
}

function shaped(token: string, from: string, resource?: string): string {
  if (isTokenShaped(token)) return token
  throw new SeedError('IDENTITY_INVALID', `${from} holds no JSON Web Token`, {
    ...(resource !== undefined && { resource }),
    hint: 'It has three parts with dots between them, and nothing else.'
  })
}

/** https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function requestToken(
  address: string,
  secret: string,
  audience: string,
  ports: Ports,
  options: IssuerOptions
): Promise<string> {
  const url = URL.parse(address)
  if (url === null || !isSecure(url) || !/^[!-~]+$/.test(secret)) {
    throw new SeedError('IDENTITY_INVALID', 'ACTIONS_ID_TOKEN_REQUEST_URL or _TOKEN is not what GitHub sets', {
      hint: 'Leave both to GitHub Actions.'
    })
  }
  url.searchParams.set('audience', audience)
  const { json } = await withIssuer(ports, options, fetchJson =>
    fetchJson('GitHub makes no identity token', url, { authorization: `Bearer ${secret}` })
  )
  const value = (json as { value?: unknown } | null)?.value
  if (typeof value === 'string' && isTokenShaped(value)) return value
  throw new SeedError('SIGSTORE_FAILED', 'GitHub answers with no identity token', { resource: url.href })
}

/** https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/ */
async function circleciToken(audience: string, ports: Ports): Promise<string> {
  const given = ports.env['CIRCLE_OIDC_TOKEN_V2']?.trim() ?? ''
  if (isTokenShaped(given) && isMeantFor(given, audience)) return given
  const { env, signal } = ports
  try {
    const args = ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })]
    const { stdout } = await run('circleci', args, { env, signal, maxStdoutBytes: CIRCLECI_OUTPUT_BYTES })
    return shaped(stdout.toString('utf8').trim(), 'what the program circleci printed')
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SeedError && error.code === 'IDENTITY_INVALID') throw error
    // What the program printed is not for others: it deals in tokens.
    const isMissing = error instanceof SeedError && error.code === 'TOOL_MISSING'
    const why = isMissing ? 'the program circleci is not there to make one' : 'the program circleci did not make one'
    throw missing(`an identity token that is meant for "${audience}" (${why})`, circleci.hint(audience))
  }
}
