/** Whom an identity token speaks for: checked like Fulcio does, so that a job learns early what is wrong. */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { providerOf } from './builder/provider.ts'
import { claim, invalidClaim, type Claims } from './claims.ts'
import { isSecure, withIssuer, type FetchJson, type IssuerOptions } from './issuer.ts'

export type { Claims } from './claims.ts'

export interface Identity {
  /** The token itself, for Fulcio alone. */
  token: string
  issuer: string
  /** What the certificate will name. */
  subject: string
  claims: Claims
  expires: Date
}

/** Where anybody can check a signature. A secret that both sides know proves nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const MAX_TOKEN_LENGTH = 32 * 1024
/** How early a token may be used: as Fulcio has it. */
const LEEWAY_SECONDS = 300
/** Clocks that are further apart are worth a word: what they say becomes part of the statement. */
const CLOCK_TOLERANCE_MS = 60_000

/**
 * Checks a token with the keys that its issuer publishes, and reads whom it speaks for. No error shows any of it.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 *
 * @param token a JWT
 * @param audience whom the token must be meant for: `sigstore`
 * @throws SeedError IDENTITY_INVALID, SIGSTORE_UNREACHABLE or SIGSTORE_FAILED (the issuer); the signal's reason
 */
export async function verifyIdentity(
  token: string,
  audience: string,
  ports: Ports,
  options: IssuerOptions = {}
): Promise<Identity> {
  const issuer = readIssuer(token)
  const { keys, clockAheadMs } = await withIssuer(ports, options, fetchJson => fetchKeys(issuer, fetchJson))
  const claims = await verifyToken(token, keys, { issuer, audience, clockAheadMs })
  const provider = providerOf(claims)
  claim(claims, 'sub')
  warnOfClock(clockAheadMs, ports)
  // All that will be needed is read now, when nothing has been built yet.
  provider.builder(claims, {})
  return {
    token,
    issuer,
    subject: provider.subject(claims),
    claims,
    expires: new Date(Number(claims['exp']) * 1000)
  }
}

/** Whether a token says that it is meant for `audience`; nothing is verified. */
export function isMeantFor(token: string, audience: string): boolean {
  try {
    const { aud } = decodeJwt(token)
    return [aud].flat().includes(audience)
  } catch {
    return false
  }
}

export function isTokenShaped(token: string): boolean {
  return token.length <= MAX_TOKEN_LENGTH && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}

/** Who says to have issued the token. */
function readIssuer(token: string): string {
  const { alg, iss } = decode(token)
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
    throw new SeedError('IDENTITY_INVALID', 'the identity token is not signed in a way that others can check')
  }
  const issuer = claim({ iss }, 'iss')
  const url = URL.parse(issuer)
  if (url === null || !isSecure(url) || /[?#@\s]/.test(issuer)) {
    throw invalidClaim('iss', 'is no https URL, which issuers have')
  }
  return issuer
}

function decode(token: string): { alg: unknown; iss: unknown } {
  if (isTokenShaped(token)) {
    try {
      return { alg: decodeProtectedHeader(token).alg, iss: decodeJwt(token).iss }
    } catch {
      // a library's errors may quote what they are about
    }
  }
  throw new SeedError('IDENTITY_INVALID', 'the identity token is no JSON Web Token', {
    hint: 'It has three parts with dots between them, and nothing else.'
  })
}

interface IssuerKeys {
  keys: JSONWebKeySet
  clockAheadMs: number | undefined
}

async function fetchKeys(issuer: string, fetchJson: FetchJson): Promise<IssuerKeys> {
  const at = new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`)
  const discovery = (await fetchJson("the token issuer's configuration cannot be had", at)).json
  const { issuer: named, jwks_uri: address } = isObject(discovery) ? discovery : {}
  if (named !== issuer) {
    throw new SeedError('IDENTITY_INVALID', "the configuration of the token's issuer is of another issuer", {
      resource: at.href
    })
  }
  const url = typeof address === 'string' ? URL.parse(address) : null
  if (url === null || !isSecure(url) || (at.protocol === 'https:' && url.protocol !== 'https:')) {
    throw new SeedError('SIGSTORE_FAILED', "the token issuer's configuration names no https URL of its keys", {
      resource: at.href
    })
  }
  const { json, clockAheadMs } = await fetchJson("the token issuer's keys cannot be had", url)
  if (!isObject(json) || !Array.isArray(json['keys'])) {
    throw new SeedError('SIGSTORE_FAILED', 'the token issuer publishes no keys', { resource: url.href })
  }
  return { keys: json as unknown as JSONWebKeySet, clockAheadMs }
}

interface Expected {
  issuer: string
  audience: string
  clockAheadMs: number | undefined
}

async function verifyToken(token: string, keys: JSONWebKeySet, expected: Expected): Promise<Claims> {
  const { issuer, audience, clockAheadMs } = expected
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
      clockTolerance: LEEWAY_SECONDS
    })
    // Issuers that have no `nbf` leave it at that, and what ends now is of no more use.
    const [from, until] = [secondsOf(payload, 'iat'), secondsOf(payload, 'exp')]
    const now = Date.now() / 1000
    if (from > now + LEEWAY_SECONDS || until <= now) throw untimely(token, clockAheadMs)
    return payload
  } catch (error) {
    throw error instanceof SeedError ? error : refusal(token, error, audience, clockAheadMs)
  }
}

/** The library's error holds all claims, so it is no cause. */
function refusal(token: string, error: unknown, audience: string, clockAheadMs: number | undefined): SeedError {
  const { code, claim: name } = error as { code?: unknown; claim?: unknown }
  switch (code) {
    case 'ERR_JWT_EXPIRED':
      return untimely(token, clockAheadMs)
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      if (name === 'nbf' && typeof decodeJwt(token).nbf === 'number') return untimely(token, clockAheadMs)
      if (name === 'aud') return otherAudience(decodeJwt(token), audience)
      return invalidClaim(String(name), 'is missing or not what it should be')
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return new SeedError(
        'IDENTITY_INVALID',
        'the identity token is signed with a key that its issuer does not publish'
      )
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return new SeedError('IDENTITY_INVALID', "the identity token's signature is not its issuer's")
    default:
      return new SeedError(
        'IDENTITY_INVALID',
        `the identity token cannot be checked (${typeof code === 'string' ? code : 'unknown reason'})`
      )
  }
}

function otherAudience(claims: Claims, audience: string): SeedError {
  const { aud } = claims
  const named = aud === undefined ? 'nobody' : JSON.stringify(aud)
  return new SeedError(
    'IDENTITY_INVALID',
    `the identity token is meant for ${named.length > 200 ? 'somebody else' : named}, and not for "${audience}"`,
    hintOf(claims, audience)
  )
}

/** Which lines to change; none where nobody knows what the token is of. */
function hintOf(claims: Claims, audience: string): { hint?: string } {
  try {
    return { hint: providerOf(claims).hint(audience) }
  } catch {
    return {}
  }
}

/** Says whose clock is off, if one is. */
function untimely(token: string, clockAheadMs: number | undefined): SeedError {
  const claims: Claims = decodeJwt(token)
  const now = Date.now()
  const from = timeOf(claims['nbf'] ?? claims['iat'])
  const until = timeOf(claims['exp'])
  const times = `it is valid from ${from} to ${until}, and this machine's clock says ${isoSeconds(now)}`
  if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > CLOCK_TOLERANCE_MS) {
    return new SeedError(
      'IDENTITY_INVALID',
      `the clocks of this machine and of the token's issuer differ: the identity token cannot be used, since ${times} and the issuer's ${isoSeconds(now + clockAheadMs)}`,
      { hint: "Set this machine's clock." }
    )
  }
  const isOver = Number(claims['exp']) * 1000 <= now
  return new SeedError(
    'IDENTITY_INVALID',
    `the identity token ${isOver ? 'has expired' : 'is not valid yet'}: ${times}`,
    {
      hint: isOver
        ? 'Get a fresh one right before it is used.'
        : "Check the clocks of this machine and of the token's issuer."
    }
  )
}

/** The token is good all the same. */
function warnOfClock(clockAheadMs: number | undefined, { log }: Ports): void {
  if (clockAheadMs === undefined || Math.abs(clockAheadMs) <= CLOCK_TOLERANCE_MS) return
  const now = Date.now()
  log.warn(`this machine's clock says ${isoSeconds(now)}, that of the token's issuer ${isoSeconds(now + clockAheadMs)}`)
}

function timeOf(seconds: unknown): string {
  return typeof seconds === 'number' && Math.abs(seconds) < 8e12 ? isoSeconds(seconds * 1000) : 'no time'
}

const isoSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** https://www.rfc-editor.org/rfc/rfc7519#section-2: seconds since 1970. */
function secondsOf(claims: Claims, name: string): number {
  const seconds = claims[name]
  if (typeof seconds === 'number' && seconds > 0 && seconds < 8e12) return seconds
  throw invalidClaim(name, 'is no time')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
