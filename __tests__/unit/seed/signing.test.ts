import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Flake } from '../../../src/nix/flake.ts'
import { checkSigning, checkSource, signer, type Signing } from '../../../src/seed/signing.ts'
import { circleciClaims, githubClaims, useSigstore } from '../../support/sigstore.ts'
import { identityOf, loggingPorts, quietPorts, servicesOf } from '../../support/signing.ts'

const COMMIT = String(githubClaims()['sha'])
const sigstore = useSigstore()

/** As much of a flake as matters. */
function flake(changes: Partial<Flake> = {}): Flake {
  return { type: 'git', url: 'git+file:///work', rev: COMMIT, narHash: 'sha256-x', ...changes } as Flake
}

function keyless(claims = githubClaims()): Signing {
  const token = async (): Promise<string> => sigstore().issuer.token(claims)
  return { services: servicesOf(sigstore()), audience: 'sigstore', kind: 'keyless', token }
}

function byKey(namedCurve: string, changes: Partial<Signing> = {}): Signing {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  const services = servicesOf(sigstore())
  return { services, audience: '', kind: 'key', privateKey, builderId: 'https://ci.example/1', ...changes } as Signing
}

describe('before anything is built', () => {
  test('a job finds out who it signs as, for the tree that it builds', async () => {
    const { ports, lines } = loggingPorts()
    expect(await checkSigning(keyless(), ports, { flake: flake() })).toMatchObject({
      subject: expect.stringMatching(/^https:\/\/github\.com\//)
    })
    expect(lines).toEqual([expect.stringMatching(/^signing as https:\/\/github\.com\//)])
  })

  test.each([
    ['with changes', { rev: undefined, dirtyRev: `${COMMIT}-dirty` }],
    ['at another commit', { rev: '0'.repeat(40) }]
  ])('a tree %s is refused', async (_, changes) => {
    const seed = { flake: flake(changes as Partial<Flake>) }
    await expect(checkSigning(keyless(), quietPorts(), seed)).rejects.toMatchObject({ code: 'USAGE' })
    // And again where it is signed, for callers that did not ask before.
    await expect(signer(keyless(), seed, quietPorts())).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a token that names no commit takes that of the tree', async () => {
    const claims = circleciClaims({
      'oidc.circleci.com/vcs-origin': 'github.com/octo-org/project',
      'oidc.circleci.com/vcs-ref': 'refs/heads/main'
    })
    const { builder, warning } = checkSource(
      {
        token: '',
        subject: '',
        issuer: '',
        expires: new Date(),
        claims: { iss: 'https://oidc.circleci.com/org/x', ...claims }
      },
      flake({ rev: '0'.repeat(40) })
    )
    expect(builder.source).toMatchObject({ commit: '0'.repeat(40) })
    expect(warning).toBeUndefined()
  })

  test('a key signs for any tree', async () => {
    expect(await checkSigning(byKey('P-256'), quietPorts(), { flake: flake({ rev: '0'.repeat(40) }) })).toBeUndefined()
  })

  const V2 = {
    services: { fulcioUrl: '', rekorUrl: 'https://r.example', rekorVersion: 2, timestampUrl: 'https://t.example' }
  }
  test.each([
    ['a key that the log does not take', 'KEY_INVALID', () => byKey('P-384', V2 as Partial<Signing>)],
    [
      'a program for a key that it cannot have',
      'KEY_INVALID',
      () => byKey('P-256', { kind: 'command', command: 'x', publicKey: generateKeyPairSync('ed25519').publicKey })
    ],
    ['a builder with a blank', 'USAGE', () => byKey('P-256', { builderId: 'urn:x y' })],
    ['a builder with a user', 'USAGE', () => byKey('P-256', { builderId: 'https://me@ci.example/1' })],
    [
      'services that tell no time',
      'USAGE',
      () => byKey('P-256', { services: { ...servicesOf(sigstore()), rekorUrl: undefined, timestampUrl: undefined } })
    ]
  ])('%s is found', async (_, code, signing) => {
    await expect(checkSigning(signing(), quietPorts())).rejects.toMatchObject({ code })
  })

  test('a source with a password is found', async () => {
    const labels = { 'org.opencontainers.image.source': 'https://me:secret@git.example/project' }
    const failure = await checkSigning(byKey('P-256'), quietPorts(), { flake: flake(), labels }).catch(
      (e: unknown) => e
    )
    expect(failure).toMatchObject({ code: 'USAGE' })
    expect(String(failure)).not.toContain('secret')
  })
})

test('where it is signed, a tree that nobody has compared is told of', async () => {
  const { ports, lines } = loggingPorts()
  const folder = flake({ type: 'path', url: 'path:/work', rev: undefined } as unknown as Partial<Flake>)
  const { builder } = await signer(keyless(), { flake: folder }, ports)
  expect(builder.source?.commit).toBe(COMMIT)
  expect(lines).toEqual([expect.stringContaining(COMMIT)])
  const identity = await identityOf(sigstore())
  expect(checkSource(identity, undefined).warning).toBeUndefined()
})
