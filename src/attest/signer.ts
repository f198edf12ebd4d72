/** What makes signatures: a key that lives for one of them and has a certificate, a lasting key, or a program that has one. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { Ports } from '../ports.ts'
import { requestCertificate } from './fulcio.ts'
import type { Identity } from './identity.ts'
import { digestAlgorithm } from './key.ts'
import { checkCertificate } from './self-check.ts'
import type { ServiceOptions } from './service-client.ts'
import { signWithCommand } from './sign-command.ts'
import type { Signature } from './signature.ts'

/** By whom, or with what, to sign. */
export type SigningMeans =
  | { kind: 'keyless'; identity: Identity }
  /** Of `readPrivateKey`. */
  | { kind: 'key'; privateKey: KeyObject }
  /** `sh -c command`: see sign-command.ts. */
  | { kind: 'command'; command: string; publicKey: KeyObject }

/** The key of those that have a lasting one. */
export function publicKeyOf(means: SigningMeans): KeyObject | undefined {
  return means.kind === 'keyless' ? undefined : keyOf(means)
}

export function keyOf(means: Exclude<SigningMeans, { kind: 'keyless' }>): KeyObject {
  return means.kind === 'key' ? createPublicKey(means.privateKey) : means.publicKey
}

/** @throws what `signStatement` says */
export async function signBytes(
  data: Buffer,
  means: SigningMeans,
  fulcioUrl: string,
  ports: Ports,
  options: ServiceOptions
): Promise<Signature> {
  switch (means.kind) {
    case 'key': {
      const { privateKey } = means
      return { bytes: sign(digestAlgorithm(privateKey), data, privateKey), publicKey: createPublicKey(privateKey) }
    }
    case 'command': {
      const { command, publicKey } = means
      return { bytes: await signWithCommand(command, publicKey, data, ports), publicKey }
    }
    case 'keyless': {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { identity } = means
      const certificate = await requestCertificate(identity, { privateKey, publicKey }, fulcioUrl, ports, options)
      checkCertificate(certificate, publicKey, identity, fulcioUrl)
      return { bytes: sign('sha256', data, privateKey), publicKey, certificate }
    }
  }
}
