import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Clock } from '../../../../lab/sigstore/clock.ts'
import { Issuer } from '../../../../lab/sigstore/issuer.ts'

describe('identity tokens', () => {
  let issuer: Issuer
  beforeAll(async () => {
    issuer = await Issuer.start({ sub: 'repo:octo-org/project:ref:refs/heads/main' })
  })
  afterAll(() => issuer.close())
  const ask = (requestToken: string, body?: object) =>
    fetch(`${issuer.requestUrl}&audience=sigstore`, {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${requestToken}` }
    })
  const valueOf = async (answer: Response) => ((await answer.json()) as { value: string }).value
  const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())

  test('are signed with the key that is published, for the audience that was asked for', async () => {
    const value = await valueOf(await ask(issuer.requestToken))
    const [header = '', payload = '', signature = ''] = value.split('.')
    const read = async (url: string) => JSON.parse(await (await fetch(url)).text())
    const configuration = await read(`${issuer.issuer}/.well-known/openid-configuration`)
    const { keys } = await read(configuration.jwks_uri)
    const key = createPublicKey({ key: keys[0], format: 'jwk' })
    expect(verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(payloadOf(value)).toMatchObject({
      iss: issuer.issuer,
      aud: 'sigstore',
      sub: 'repo:octo-org/project:ref:refs/heads/main'
    })
    expect(issuer.issued).toContain(value)
    expect(issuer.audiences).toEqual(['sigstore'])
  })

  test('say what a test asks for', async () => {
    const value = await valueOf(await ask(issuer.requestToken, { sub: 'repo:octo-org/other:ref:refs/heads/main' }))
    expect(payloadOf(value)).toMatchObject({ iss: issuer.issuer, sub: 'repo:octo-org/other:ref:refs/heads/main' })
    expect(payloadOf(issuer.token({ sub: 'a', iss: 'https://b.example' }, { audience: 'c' }))).toMatchObject({
      sub: 'a',
      iss: 'https://b.example',
      aud: 'c'
    })
  })

  test('are not for others, and fail where a test says so', async () => {
    expect((await ask('other')).status).toBe(401)
    issuer.failure = { status: 503 }
    expect((await ask(issuer.requestToken)).status).toBe(503)
    issuer.failure = undefined
  })

  test('have the times of a clock that is off', async () => {
    const late = await Issuer.start({}, { clock: new Clock(-3_600_000) })
    try {
      expect(payloadOf(late.token({})).exp).toBeLessThan(Date.now() / 1000 - 3000)
    } finally {
      await late.close()
    }
  })
})
