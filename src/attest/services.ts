/** The servers that make a signature one that others can check. */
import { SeedError } from '../errors.ts'
import { isSecure } from './issuer.ts'

/** Addresses. Undefined: without it; a log or a timestamp authority there has to be. */
export interface SigstoreServices {
  fulcioUrl: string
  rekorUrl: string | undefined
  rekorVersion: 1 | 2
  timestampUrl: string | undefined
}

/** The public good instance. https://docs.sigstore.dev */
export const PUBLIC_SERVICES: SigstoreServices = {
  fulcioUrl: 'https://fulcio.sigstore.dev',
  rekorUrl: 'https://rekor.sigstore.dev',
  rekorVersion: 1,
  timestampUrl: 'https://timestamp.sigstore.dev'
}

/**
 * @param keyless whether a token goes to the certificate authority
 * @throws SeedError USAGE where nothing would say when something was signed, or an address is none
 */
export function checkServices(services: SigstoreServices, keyless: boolean): void {
  const { fulcioUrl, rekorUrl, rekorVersion, timestampUrl } = services
  for (const [name, url] of [
    ['certificate authority', keyless ? fulcioUrl : undefined],
    ['transparency log', rekorUrl],
    ['timestamp authority', timestampUrl]
  ]) {
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
      throw new SeedError('USAGE', `the address of the ${name} is no URL of the web`, { hint: 'Give one with https.' })
    }
  }
  if (keyless && !isSecure(new URL(fulcioUrl))) {
    throw new SeedError('USAGE', 'the identity token would travel in clear to the certificate authority', {
      resource: fulcioUrl,
      hint: 'Give its address with https; http is for this machine alone.'
    })
  }
  if (timestampUrl !== undefined) return
  if (rekorUrl === undefined) {
    throw new SeedError('USAGE', 'without log and timestamp authority, nobody could tell when it was signed', {
      hint: 'Name at least one of them.'
    })
  }
  if (rekorVersion === 2) {
    throw new SeedError('USAGE', 'logs of version 2 tell no time, and the timestamp authority is switched off', {
      hint: 'Name a timestamp authority, or a log of version 1.'
    })
  }
}
