/** A project whose seeds are signed with a Sigstore of the tests' own, and independent verifiers of what comes of it. */
import { join } from 'node:path'
import { beforeAll, expect } from '@jest/globals'
import type { Attestation } from '../../src/seed/attest.ts'
import type { ListedAttestation } from '../../src/seed/attestations.ts'
import type { Published } from '../../src/seed/publish.ts'
import { output, run, useTempFolder, type CommandOptions, type CommandResult } from './lab.ts'
import { nixSeed, nixSeedJson, useProject, withoutCompiler, type Project } from './project.ts'
import { githubClaims, useSigstore, type LocalSigstore } from './sigstore.ts'

/** Of the job that the Sigstore's issuer speaks for. */
export const IDENTITY = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'

export type Signed = Published & { reference: string; attestation: Attestation }

interface Listed {
  reference: string
  verified: boolean
  attestations: ListedAttestation[]
}

export interface SignedSeeds {
  folder: () => string
  sigstore: () => LocalSigstore
  /** The URL that certificates have as issuer. */
  issuer: () => string
  project: () => Project
  /** Where bundles are kept. */
  bundles: () => string
  /** Has the job be one of the commit that the project, or another working copy, is at. */
  beAtHead: (folder?: string) => Promise<void>
  /** The environment of a job that may have an identity token. */
  environment: () => Record<string, string | undefined>
  /** For a command in the project, with that environment and more. */
  options: (env?: CommandOptions['env']) => CommandOptions
  /** The arguments that publish and sign. */
  publishing: (to: string, ...more: string[]) => string[]
  publish: (to: string, ...more: string[]) => Promise<Signed>
  attest: (...args: string[]) => Promise<CommandResult>
  list: (image: string) => Promise<ListedAttestation[]>
  /** @param who what cosign asks for of the signer, see `as` */
  cosign: (image: string, ...who: string[]) => Promise<CommandResult>
  sigstoreGo: (bundle: string, digest: string, identity: string, issuer: string) => Promise<CommandResult>
}

/** What cosign asks for of a keyless signature. */
export function as(identity: string, issuer: string): string[] {
  return ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer]
}

/** Prepares it for the tests of this file. */
export function useSignedSeeds(): SignedSeeds {
  const folder = useTempFolder()
  const sigstore = useSigstore()
  const project = useProject(() => join(folder(), 'project'), withoutCompiler)
  const bundles = (): string => join(folder(), 'bundles')
  let trustedRoot = ''
  beforeAll(async () => {
    trustedRoot = sigstore().trustedRootFile(folder())
    await beAtHead()
  })
  const beAtHead = async (at = project().folder): Promise<void> => {
    const head = await output(['git', '-C', at, 'rev-parse', 'HEAD'])
    sigstore().issuer.claims = githubClaims({ sha: head })
  }
  const environment = (): Record<string, string | undefined> => {
    const { fulcioUrl, rekorUrl, timestampUrl, issuer } = sigstore()
    return {
      SIGSTORE_FULCIO_URL: fulcioUrl,
      SIGSTORE_REKOR_URL: rekorUrl,
      SIGSTORE_TIMESTAMP_URL: timestampUrl,
      SIGSTORE_ID_TOKEN: undefined,
      ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken
    }
  }
  const options: SignedSeeds['options'] = env => ({ cwd: project().folder, env: { ...environment(), ...env } })
  const publishing: SignedSeeds['publishing'] = (to, ...more) => {
    return ['publish', '--format', 'oci', '--to', to, '--sign', '--bundle-dir', bundles(), ...more]
  }
  return {
    folder,
    sigstore,
    issuer: () => sigstore().issuer.issuer,
    project,
    bundles,
    beAtHead,
    environment,
    options,
    publishing,
    publish: (to, ...more) => nixSeedJson<Signed>(publishing(to, ...more), options()),
    attest: (...args) => nixSeed(['attest', ...args, '--bundle-dir', bundles()], options()),
    list: async image => {
      const listed = await nixSeedJson<Listed>(['attestations', image])
      expect(listed).toMatchObject({ reference: image, verified: false })
      return listed.attestations
    },
    cosign: (image, ...who) => {
      const trust = ['--trusted-root', trustedRoot, '--allow-http-registry']
      return run(['cosign', 'verify-attestation', '--type', 'slsaprovenance1', ...trust, ...who, image])
    },
    sigstoreGo: (bundle, digest, identity, issuer) => {
      const trust = ['-trustedrootJSONpath', trustedRoot, '-artifact-digest', digest.slice('sha256:'.length)]
      return run(['sigstore-go-verification', ...trust, '-expectedIssuer', issuer, '-expectedSAN', identity, bundle])
    }
  }
}
