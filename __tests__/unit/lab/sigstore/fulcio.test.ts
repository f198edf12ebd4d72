import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { X509Certificate as SigstoreCertificate } from '@sigstore/core'
import { Issuer } from '../../../../lab/sigstore/issuer.ts'
import { circleciClaims, githubClaims, gitlabClaims, startSigstore, useSigstore } from '../../../support/sigstore.ts'
import type { LocalSigstore } from '../../../support/sigstore.ts'

const sigstore = useSigstore()

interface Request {
  token: string
  /** What is signed to prove that the key is one's own. Default: the subject of {@link githubClaims}. */
  proof?: string
  curve?: string
  digest?: string
}

async function ask(at: LocalSigstore, { token, proof, curve = 'P-256', digest = 'sha256' }: Request) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const proofOfPossession = sign(digest, Buffer.from(proof ?? String(githubClaims().sub)), privateKey).toString(
    'base64'
  )
  const content = publicKey.export({ type: 'spki', format: 'pem' })
  const body = {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession }
  }
  const answer = await fetch(`${at.fulcioUrl}/api/v2/signingCert`, { method: 'POST', body: JSON.stringify(body) })
  const json = JSON.parse(await answer.text())
  const reason = at.requests.filter(request => request.server === 'fulcio').at(-1)?.reason
  const chain = (json.signedCertificateEmbeddedSct?.chain.certificates ?? []) as string[]
  return { status: answer.status, json, reason, chain: chain.map(pem => new X509Certificate(pem)), publicKey }
}

/** The text in an extension, without what is around it in DER. */
function extension(certificate: X509Certificate, number: number): string | undefined {
  const found = SigstoreCertificate.parse(certificate.raw).extension(`1.3.6.1.4.1.57264.1.${number}`)
  return found && (number < 7 ? found.value : found.valueObj.subs[0]!.value).toString()
}

describe('a token of a job', () => {
  test('gets a certificate for ten minutes, of a chain up to the trusted root', async () => {
    const { status, chain, publicKey } = await ask(sigstore(), { token: sigstore().issuer.token(githubClaims()) })
    expect(status).toBe(200)
    const [leaf, intermediate, root] = chain
    expect(leaf!.checkIssued(intermediate!) && leaf!.verify(intermediate!.publicKey)).toBe(true)
    expect(intermediate!.checkIssued(root!) && intermediate!.verify(root!.publicKey)).toBe(true)
    expect(root!.verify(root!.publicKey)).toBe(true)
    const trusted = sigstore().trustedRoot.certificateAuthorities[0]!.certChain!.certificates
    expect(trusted.map(({ rawBytes }) => rawBytes)).toEqual([intermediate!.raw, root!.raw])
    expect(leaf!.publicKey.equals(publicKey)).toBe(true)
    expect(leaf!.validToDate.getTime() - leaf!.validFromDate.getTime()).toBe(600_000)
    expect(leaf!.ca).toBe(false)
  })

  test('gets another serial number each time', async () => {
    const numbers = new Set<string>()
    for (let count = 0; count < 3; count++) {
      const { chain } = await ask(sigstore(), { token: sigstore().issuer.token(githubClaims()) })
      numbers.add(chain[0]!.serialNumber)
    }
    expect(numbers.size).toBe(3)
  })

  test('may come with a key of another curve', async () => {
    const token = sigstore().issuer.token(githubClaims())
    expect((await ask(sigstore(), { token, curve: 'P-384', digest: 'sha384' })).status).toBe(200)
    expect((await ask(sigstore(), { token, curve: 'P-384', digest: 'sha256' })).status).toBe(400)
  })

  test.each([
    {
      type: 'github-workflow' as const,
      claims: githubClaims({ environment: 'production' }),
      uri: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main',
      extensions: {
        2: 'push',
        5: 'octo-org/project',
        9: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main',
        11: 'github-hosted',
        12: 'https://github.com/octo-org/project',
        14: 'refs/heads/main',
        21: 'https://github.com/octo-org/project/actions/runs/42/attempts/1',
        23: 'production',
        24: 'repo:octo-org/project:ref:refs/heads/main'
      }
    },
    {
      type: 'gitlab-pipeline' as const,
      claims: gitlabClaims(),
      uri: 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main',
      extensions: {
        9: 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main',
        12: 'https://gitlab.com/octo-group/project',
        14: 'refs/heads/main',
        16: 'https://gitlab.com/octo-group',
        20: 'push',
        21: 'https://gitlab.com/octo-group/project/-/jobs/302',
        23: undefined
      }
    },
    {
      type: 'circleci' as const,
      claims: circleciClaims(),
      uri: 'https://circleci.com/api/v2/projects/7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10/pipeline-definitions/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
      extensions: { 12: 'github.com/octo-org/project', 14: 'refs/heads/main', 20: undefined }
    },
    {
      type: 'uri' as const,
      claims: { sub: 'https://octo-org.example/builder' },
      uri: 'https://octo-org.example/builder',
      extensions: { 9: undefined, 24: 'https://octo-org.example/builder' }
    }
  ])('of $type is certified by what it claims', async ({ type, claims, uri, extensions }) => {
    const issuer = await Issuer.start()
    try {
      sigstore().accept({ issuer: issuer.issuer, type })
      const { chain, reason } = await ask(sigstore(), { token: issuer.token(claims), proof: String(claims.sub) })
      expect(reason).toBeUndefined()
      expect(SigstoreCertificate.parse(chain[0]!.raw).subjectAltName).toBe(uri)
      const expected = { 1: issuer.issuer, 8: issuer.issuer, ...extensions }
      const found = Object.keys(expected).map(number => [number, extension(chain[0]!, Number(number))])
      expect(Object.fromEntries(found)).toEqual(expected)
    } finally {
      await issuer.close()
    }
  })
})

describe('a token is refused', () => {
  const token = (claims = {}, options = {}) => sigstore().issuer.token(githubClaims(claims), options)
  test.each([
    ['that has ended', () => token({}, { lifetimeSeconds: -1 }), /"exp" claim timestamp check failed/],
    ['that is not valid yet', () => token({ nbf: Date.now() / 1000 + 3600 }), /"nbf" claim timestamp check failed/],
    ['for another audience', () => token({}, { audience: 'https://octo-org.example' }), /unexpected "aud" claim value/],
    ['of an unknown issuer', () => token({ iss: 'https://octo-org.example' }), /unsupported issuer/],
    ['that lacks a claim', () => token({ job_workflow_ref: undefined }), /<job_workflow_ref> not present/],
    ['that is none', () => 'nothing', /Invalid JWT/],
    ['that was changed', () => changed(token()), /signature verification failed/]
  ])('%s', async (_, make, why) => {
    const { status, json, reason } = await ask(sigstore(), { token: make() })
    expect({ status, json }).toEqual({
      status: 400,
      json: { code: 3, message: 'There was an error processing the identity token', details: [] }
    })
    expect(reason).toMatch(why)
  })

  test('that another Sigstore accepts', async () => {
    const other = await startSigstore()
    try {
      const foreign = other.issuer.token(githubClaims())
      expect((await ask(other, { token: foreign })).status).toBe(200)
      expect((await ask(sigstore(), { token: foreign })).reason).toMatch(/unsupported issuer/)
    } finally {
      await other.close()
    }
  })

  test('with the name of an accepted issuer and the key of another', async () => {
    const other = await Issuer.start()
    try {
      const forged = other.token(githubClaims({ iss: sigstore().issuer.issuer }))
      expect((await ask(sigstore(), { token: forged })).reason).toMatch(/signature verification failed/)
    } finally {
      await other.close()
    }
  })

  test('without a proof that the key is in hand', async () => {
    const { status, json } = await ask(sigstore(), { token: token(), proof: 'another subject' })
    expect([status, json.message]).toEqual([400, 'The signature supplied in the request could not be verified'])
  })
})

/** The same token with another repository in it. */
function changed(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const other = Buffer.from(JSON.stringify({ ...claims, repository: 'octo-org/other' })).toString('base64url')
  return [header, other, signature].join('.')
}
