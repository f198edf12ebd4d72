/** What makes signatures: a key that lives for one of them and has a certificate, a lasting key, or a program that has one. */
import { createPublicKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto'
import type { Signature, Signer } from '@sigstore/sign'
import type { Ports } from '../ports.ts'
import { requestCertificate } from './fulcio.ts'
import type { Identity } from './identity.ts'
import { digestAlgorithm } from './key.ts'
import { checkCertificate } from './self-check.ts'
import type { ServiceOptions } from './service-client.ts'
import { signWithCommand } from './sign-command.ts'

/** By whom, or with what, to sign. */
export type SigningMeans =
  | { kind: 'keyless'; identity: Identity }
  /** Of `readPrivateKey`. */
  | { kind: 'key'; privateKey: KeyObject }
  /** `sh -c command`: see sign-command.ts. */
  | { kind: 'command'; command: string; publicKey: KeyObject }

/** @returns undefined where a certificate has the key */
export function publicKeyOf(means: SigningMeans): KeyObject | undefined {
  if (means.kind === 'keyless') return undefined
  return means.kind === 'key' ? createPublicKey(means.privateKey) : means.publicKey
}

/** The signer as the library's builder wants it; it throws what `signStatement` says. */
export function createSigner(means: SigningMeans, fulcioUrl: string, ports: Ports, options: ServiceOptions): Signer {
  switch (means.kind) {
    case 'keyless':
      return { sign: data => signCertified(data, means.identity, fulcioUrl, ports, options) }
    case 'key':
      return {
        sign: async data => withKey(sign(digestAlgorithm(means.privateKey), data, means.privateKey), publicKeyOf(means))
      }
    case 'command':
      return {
        sign: async data => withKey(await signWithCommand(means.command, means.publicKey, data, ports), means.publicKey)
      }
  }
}

async function signCertified(
  data: Buffer,
  identity: Identity,
  fulcioUrl: string,
  ports: Ports,
  options: ServiceOptions
): Promise<Signature> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = await requestCertificate(identity, keys, fulcioUrl, ports, options)
  checkCertificate(certificate, keys.publicKey, identity, fulcioUrl)
  return {
    signature: sign('sha256', data, keys.privateKey),
    key: { $case: 'x509Certificate', certificate: new X509Certificate(certificate).toString() }
  }
}

function withKey(signature: Buffer, publicKey: KeyObject | undefined): Signature {
  const pem = publicKey?.export({ type: 'spki', format: 'pem' }).toString() ?? ''
  return { signature, key: { $case: 'publicKey', publicKey: pem } }
}
