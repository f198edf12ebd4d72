/** A Sigstore of one's own: every server on the loopback, with keys that nobody else has. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { CertificateAuthority } from './certificate-authority.ts'
import { Clock } from './clock.ts'
import { Fulcio } from './fulcio.ts'
import type { AcceptedIssuer } from './fulcio.ts'
import type { IssuerType } from './identity-extensions.ts'
import { Issuer } from './issuer.ts'
import { LoopbackServer } from './loopback-server.ts'
import type { HttpFault, SeenRequest } from './loopback-server.ts'
import { RekorV2 } from './rekor-v2.ts'
import { Rekor } from './rekor.ts'
import { TimestampAuthority } from './timestamp-authority.ts'
import { trustedRoot } from './trusted-root.ts'

export const SERVERS = ['fulcio', 'rekor', 'rekor-v2', 'timestamp', 'issuer'] as const
export type SigstoreServer = (typeof SERVERS)[number]

/** A way to fail, or a clock that is off: positive is ahead. */
export type Fault = HttpFault | { clockOffsetMs: number }

export interface SigstoreOptions {
  /** How far each server's clock is ahead of the machine's. */
  clockOffsetMs?: Partial<Record<SigstoreServer, number>>
  /** Issuers whose tokens are taken, beside the Sigstore's own. */
  issuers?: readonly AcceptedIssuer[]
  /** What the Sigstore's own issuer is to Fulcio. Default: `github-workflow`. */
  issuerType?: IssuerType
}

export interface LocalSigstore {
  fulcioUrl: string
  rekorUrl: string
  rekorV2Url: string
  timestampUrl: string
  trustedRoot: TrustedRoot
  /** Writes the trusted root into a folder; its path. */
  trustedRootFile(folder: string): string
  issuer: Issuer
  /** All requests so far, the oldest first. */
  requests: SeenRequest[]
  /** Makes a server fail from now on, in this way alone; without a fault, it works again. */
  fault(server: SigstoreServer, fault?: Fault): void
  /** Takes tokens of another issuer, too. */
  accept(issuer: AcceptedIssuer): void
  close(): Promise<void>
}

/** Any number can run at once. */
export async function startSigstore(options: SigstoreOptions = {}): Promise<LocalSigstore> {
  const offset = (server: SigstoreServer) => options.clockOffsetMs?.[server] ?? 0
  const clocks = Object.fromEntries(SERVERS.map(server => [server, new Clock(offset(server))])) as Clocks
  const requests: SeenRequest[] = []
  const issuer = await Issuer.start({}, { clock: clocks.issuer, seen: requests })
  const issuers: AcceptedIssuer[] = [
    { issuer: issuer.issuer, type: options.issuerType ?? 'github-workflow' },
    ...(options.issuers ?? [])
  ]
  const authority = new CertificateAuthority(clocks.fulcio)
  const fulcio = new Fulcio(authority, issuers)
  const rekor = new Rekor(clocks.rekor)
  const rekorV2 = new RekorV2(clocks['rekor-v2'])
  const timestamp = new TimestampAuthority(clocks.timestamp)
  const servers = {
    issuer,
    fulcio: await LoopbackServer.start('fulcio', call => fulcio.answer(call), requests),
    rekor: await LoopbackServer.start('rekor', call => rekor.answer(call), requests),
    'rekor-v2': await LoopbackServer.start('rekor-v2', call => rekorV2.answer(call), requests),
    timestamp: await LoopbackServer.start('timestamp', call => timestamp.answer(call), requests)
  }
  const root = trustedRoot({
    fulcio: { url: servers.fulcio.url, chain: authority.chain },
    timestampAuthority: { url: servers.timestamp.url, chain: timestamp.chain },
    certificateLog: { url: servers.fulcio.url, key: authority.log.publicKey },
    logs: [
      { url: servers.rekor.url, key: rekor.log.key },
      { url: servers['rekor-v2'].url, key: rekorV2.log.key }
    ]
  })
  return {
    fulcioUrl: servers.fulcio.url,
    rekorUrl: servers.rekor.url,
    rekorV2Url: servers['rekor-v2'].url,
    timestampUrl: servers.timestamp.url,
    trustedRoot: root,
    trustedRootFile: folder => writeTrustedRoot(folder, root),
    issuer,
    requests,
    fault: (server, fault) => {
      const isClock = typeof fault === 'object'
      servers[server].fault = isClock ? undefined : fault
      clocks[server].offsetMs = isClock ? fault.clockOffsetMs : offset(server)
    },
    accept: accepted => issuers.push(accepted),
    close: async () => {
      await Promise.all(Object.values(servers).map(server => server.close()))
    }
  }
}

type Clocks = Record<SigstoreServer, Clock>

function writeTrustedRoot(folder: string, root: TrustedRoot): string {
  const file = join(folder, 'trusted-root.json')
  writeFileSync(file, `${JSON.stringify(TrustedRoot.toJSON(root), null, 2)}\n`)
  return file
}
