import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { bundleFromJSON } from '@sigstore/bundle'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { githubClaims, startSigstore, useSigstore } from '../../../support/sigstore.ts'
import type { Fault, LocalSigstore, SigstoreServer } from '../../../support/sigstore.ts'
import { KEY_HINT, makeBundle } from '../../../support/sigstore-bundle.ts'
import type { BundleOptions } from '../../../support/sigstore-bundle.ts'

const sigstore = useSigstore()
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const HOUR_MS = 3_600_000

const bundle = (at: LocalSigstore, name: string, options: Partial<BundleOptions> = {}) =>
  makeBundle(at, { statement: { subject: [{ name }] }, claims: githubClaims(), ...options })

function check(at: LocalSigstore, json: object): void {
  const keys = { [KEY_HINT]: { rawBytes: KEY.publicKey.export({ type: 'spki', format: 'der' }) } }
  const material = toTrustMaterial(at.trustedRoot, keys as never)
  const thresholds = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 }
  new Verifier(material, thresholds).verify(toSignedEntity(bundleFromJSON(json)))
}

describe('a bundle', () => {
  test.each([
    { rekor: 1 as const, by: 'a certificate' },
    { rekor: 2 as const, by: 'a certificate' },
    { rekor: 1 as const, by: 'a key', key: KEY },
    { rekor: 2 as const, by: 'a key', key: KEY }
  ])('logged in version $rekor and signed by $by is accepted', async ({ rekor, by, key }) => {
    const json = await bundle(sigstore(), `${rekor} ${by}`, { rekor, ...(key && { key }) })
    expect(() => check(sigstore(), json)).not.toThrow()
  })

  test('is still accepted when the log has grown, and so are those after it', async () => {
    const bundles = []
    for (let count = 0; count < 6; count++) bundles.push(await bundle(sigstore(), `grown ${count}`))
    for (const json of bundles) expect(() => check(sigstore(), json)).not.toThrow()
  })

  test('is refused with a signature, log entry or timestamp of another', async () => {
    const [one, other] = await Promise.all([bundle(sigstore(), 'one'), bundle(sigstore(), 'other')])
    const mixed = (material: object) => ({ ...one, verificationMaterial: { ...one.verificationMaterial, ...material } })
    const { tlogEntries, timestampVerificationData } = other.verificationMaterial
    expect(() => check(sigstore(), { ...one, dsseEnvelope: other.dsseEnvelope })).toThrow()
    expect(() => check(sigstore(), mixed({ tlogEntries }))).toThrow('signature mismatch')
    expect(() => check(sigstore(), mixed({ timestampVerificationData }))).toThrow('timestamp could not be verified')
  })

  test('of one Sigstore is nothing to another', async () => {
    const other = await startSigstore()
    try {
      const json = await bundle(other, 'other')
      expect(() => check(other, json)).not.toThrow()
      expect(() => check(sigstore(), json)).toThrow()
    } finally {
      await other.close()
    }
  })

  test('is accepted when all clocks were an hour late, and refused when one was', async () => {
    const servers = ['fulcio', 'rekor', 'timestamp'] as const
    const at = await startSigstore()
    try {
      for (const server of servers) at.fault(server, { clockOffsetMs: -HOUR_MS })
      const late = await bundle(at, 'late')
      expect(() => check(at, late)).not.toThrow()
      for (const server of servers) {
        at.fault(server)
        const odd = await bundle(at, `${server} alone is right`)
        at.fault(server, { clockOffsetMs: -HOUR_MS })
        expect(() => check(at, odd)).toThrow()
      }
    } finally {
      await at.close()
    }
  })
})

describe('a fault', () => {
  const PATHS: Record<SigstoreServer, () => string> = {
    fulcio: () => `${sigstore().fulcioUrl}/api/v2/trustBundle`,
    rekor: () => `${sigstore().rekorUrl}/api/v1/log`,
    'rekor-v2': () => `${sigstore().rekorV2Url}/api/v2/checkpoint`,
    timestamp: () => `${sigstore().timestampUrl}/api/v1/timestamp/certchain`,
    issuer: () => `${sigstore().issuer.issuer}/.well-known/jwks`
  }
  const servers = Object.keys(PATHS) as SigstoreServer[]

  async function withFault<T>(server: SigstoreServer, fault: Fault, action: () => Promise<T>): Promise<T> {
    sigstore().fault(server, fault)
    try {
      return await action()
    } finally {
      sigstore().fault(server)
    }
  }

  test.each(servers)('of %s is an error, a refusal or no answer, and passes', async server => {
    const url = PATHS[server]()
    const status = async () => (await fetch(url)).status
    expect(await withFault(server, 'error', status)).toBe(500)
    expect(await withFault(server, 'deny', status)).toBe(403)
    await expect(withFault(server, 'refuse', status)).rejects.toThrow('fetch failed')
    expect(sigstore().requests.at(-1)).toMatchObject({ server })
    expect(sigstore().requests.at(-1)).not.toHaveProperty('status')
    const whole = await (await fetch(url)).text()
    const half = await withFault(server, 'malformed', async () => (await fetch(url)).text())
    expect(half).toBe(whole.slice(0, half.length))
    expect(Math.abs(half.length - whole.length / 2)).toBeLessThan(3)
    expect(await status()).toBe(200)
  })

  test('hangs until the client gives up', async () => {
    const aborted = new AbortController()
    const answer = withFault('rekor', 'hang', async () => {
      const seen = sigstore().requests.length
      const pending = fetch(PATHS.rekor(), { signal: aborted.signal })
      while (sigstore().requests.length === seen) await new Promise(setImmediate)
      aborted.abort()
      return pending
    })
    await expect(answer).rejects.toThrow('aborted')
    expect((await fetch(PATHS.rekor())).status).toBe(200)
  })
})

test('a clock that was off from the start is so again after a fault', async () => {
  const other = await startSigstore({ clockOffsetMs: { issuer: -HOUR_MS } })
  try {
    const minutes = () => {
      const { iat } = JSON.parse(Buffer.from(other.issuer.token().split('.')[1]!, 'base64url').toString())
      return Math.round((iat - Date.now() / 1000) / 60)
    }
    const offsets = [minutes()]
    other.fault('issuer', { clockOffsetMs: HOUR_MS })
    offsets.push(minutes())
    other.fault('issuer')
    expect([...offsets, minutes()]).toEqual([-60, 60, -60])
  } finally {
    await other.close()
  }
})

test('closes with requests open', async () => {
  const other = await startSigstore()
  other.fault('fulcio', 'hang')
  const pending = fetch(`${other.fulcioUrl}/api/v2/trustBundle`).catch((error: unknown) => error)
  while (other.requests.length === 0) await new Promise(setImmediate)
  await other.close()
  expect(String(await pending)).toContain('fetch failed')
})
