import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Flake } from '../../../src/nix/flake.ts'
import type { Phase } from '../../../src/phases/context.ts'
import { prepareSigning } from '../../../src/phases/sign.ts'
import { failureOf } from '../../support/failure.ts'
import { createInputs } from '../../support/inputs.ts'
import { memoryPhase, type MemoryPhase } from '../../support/runner-memory.ts'
import { githubClaims, useSigstore } from '../../support/sigstore.ts'

const sigstore = useSigstore()
let made: MemoryPhase | undefined
afterEach(() => made?.remove())

/** A phase whose runner answers a request for a token like this. */
function job(idToken: (audience: string) => Promise<string>, signing = {}): Phase {
  made = memoryPhase({ inputs: { mode: 'seed', signing: { ...createInputs().signing, ...signing } } })
  return { ...made.phase, runner: { ...made.phase.runner, idToken } }
}

/** What the Actions toolkit throws. */
const toolkit = (text: string) => () => Promise.reject(new Error(`Error message: ${text}`))
const failed = (code: string, said: string) =>
  toolkit(`Failed to get ID Token. \n \n        Error Code : ${code}\n \n        Error Message: ${said}`)

describe('a job with an identity', () => {
  test('gets a token for the audience of its workflow, and says who signs', async () => {
    const asked: string[] = []
    const phase = job(
      async audience => {
        asked.push(audience)
        return sigstore().issuer.token(githubClaims(), { audience })
      },
      { audience: 'own' }
    )
    await prepareSigning(phase)
    expect(asked).toEqual(['own'])
    expect(made!.log.join('\n')).toContain(
      'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'
    )
    expect(phase.steps.list).toMatchObject([{ name: 'Find out who signs', outcome: 'done' }])
  })

  test('may sign the commit that it is of, and is told so before another is built', async () => {
    const sign = await prepareSigning(job(async () => sigstore().issuer.token(githubClaims())))
    const flake = {
      type: 'git',
      reference: 'git+file:///src',
      sourcePath: '/nix/store/x',
      narHash: 'sha256-x'
    } as Flake
    expect(() => sign.check!({ ...flake, rev: String(githubClaims()['sha']) })).not.toThrow()
    expect(() => sign.check!({ ...flake, rev: '1'.repeat(40) })).toThrow('1'.repeat(40))
    expect(() => sign.check!({ ...flake, dirtyRev: String(githubClaims()['sha']) })).toThrow(/commit/)
  })

  test('is told what is wrong with a token, and not the token', async () => {
    const token = sigstore().issuer.token(githubClaims(), { audience: 'other' })
    const error = await failureOf(prepareSigning(job(async () => token)))
    expect(error.code).toBe('IDENTITY_INVALID')
    expect(JSON.stringify([error.message, error.hint, error.resource])).not.toContain(token.split('.')[1])
  })
})

describe('a job without an identity', () => {
  test.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'that has no %s is told the line to add',
    async variable => {
      const error = await failureOf(prepareSigning(job(toolkit(`Unable to get ${variable} env variable`))))
      expect(error).toMatchObject({
        code: 'IDENTITY_MISSING',
        message: 'the job has no identity to sign its seed with'
      })
      expect(error.hint).toContain('permissions:\n  id-token: write\n')
      expect(error.hint).toContain('sign: false')
    }
  )

  test.each([
    ['answers with an error', failed('503', 'Failed request: (503)'), 'answered 503'],
    ['does not answer', failed('undefined', 'connect ECONNREFUSED 127.0.0.1:1'), 'did not answer'],
    ['answers without a token', toolkit('Response json body do not have ID Token field'), 'with no token']
  ])('since the service %s is told that, and what else it may be', async (_, idToken, said) => {
    const error = await failureOf(prepareSigning(job(idToken)))
    expect(error).toMatchObject({ code: 'IDENTITY_MISSING', message: expect.stringContaining(said) })
    expect(error.hint).toMatch(/again later[^]*permissions:\n {2}id-token: write/)
  })

  test('learns nothing of what the service has said', async () => {
    const error = await failureOf(prepareSigning(job(failed('400', 'bad token: eyJhbGciOi-request-token'))))
    expect(error.cause).toBeUndefined()
    expect(JSON.stringify([error.message, error.hint])).not.toContain('eyJhbGciOi')
  })

  test('that is cancelled meanwhile says that', async () => {
    const controller = new AbortController()
    const phase = job(async () => {
      controller.abort(new Error('stopped'))
      throw new Error('cut off')
    })
    const stopped = { ...phase, ports: { ...phase.ports, signal: controller.signal } }
    await expect(prepareSigning(stopped)).rejects.toThrow('stopped')
  })

  test('that is cancelled does not wait for a service that does not answer', async () => {
    const controller = new AbortController()
    const phase = job(async () => {
      setImmediate(() => controller.abort(new Error('stopped')))
      return new Promise<string>(() => {})
    })
    const stopped = { ...phase, ports: { ...phase.ports, signal: controller.signal } }
    await expect(prepareSigning(stopped)).rejects.toThrow('stopped')
  })
})

describe('a key', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const builderId = 'https://example.org/builders/ci'
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' } as const
  const locked = privateKey.export(cipher).toString().trim()
  const noToken = () => Promise.reject(new Error('no token is needed'))

  test('is opened before anything is built, and asks for no identity', async () => {
    await prepareSigning(job(noToken, { key: { pem: locked, passphrase: 'open', builderId } }))
    expect(made!.log).toEqual([expect.stringContaining(builderId)])
  })

  test('that does not open is told, without it', async () => {
    const error = await failureOf(
      prepareSigning(job(noToken, { key: { pem: locked, passphrase: 'another one', builderId } }))
    )
    expect(error.code).toBe('KEY_INVALID')
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/another one|MII/)
    expect(error.hint).toContain('signing-key-passphrase')
  })
})
