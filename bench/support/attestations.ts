/** Bundles of several builders about one image, as many as are asked for, for measurements. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { buildFacts } from '../../__tests__/support/build-facts.ts'
import type { Service } from '../../lab/daemon.ts'
import { jobToken } from '../../lab/sigstore/job.ts'
import { certifiedBuilder } from '../../src/attest/builder.ts'
import { summarizeBundle } from '../../src/attest/bundle.ts'
import type { Claims } from '../../src/attest/claims.ts'
import { provenance } from '../../src/attest/provenance.ts'
import { signStatement } from '../../src/attest/sign.ts'
import type { Artifact } from '../../src/oci/types.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import { BUNDLE_TYPE, bundleArtifact } from '../../src/seed/attestation.ts'

/** Somebody who builds, by the name of an organisation, and the service that vouches for it. */
export interface BenchBuilder {
  organisation: string
  sigstore: Service
}

const PORTS: Ports = { log: silentLog, progress: silentProgress, env: {}, signal: new AbortController().signal }
const SIGNERS = 12

/**
 * Has the builders attest an image in turn, each for one commit after the other. One in twenty is spoilt: the payload
 * changed, no JSON, JSON that is no bundle, a builder whom no policy knows.
 */
export async function makeBundles(
  count: number,
  builders: readonly BenchBuilder[],
  subject: { name: string; digest: string }
): Promise<Artifact[]> {
  const artifacts: Artifact[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const builder = builders[i % builders.length] as BenchBuilder
      const spoiling = i % 20 === 19 ? Math.floor(i / 20) % 4 : undefined
      artifacts[i] = await makeBundle(builder, subject, commitOf(Math.floor(i / builders.length)), spoiling)
    }
  }
  await Promise.all(Array.from({ length: SIGNERS }, work))
  return artifacts
}

/** The commit that the first attestation of each builder is for, and so on. */
export function commitOf(round: number): string {
  return createHash('sha1').update(`commit ${round}`).digest('hex')
}

async function makeBundle(
  { organisation, sigstore }: BenchBuilder,
  subject: { name: string; digest: string },
  commit: string,
  spoiling: number | undefined
): Promise<Artifact> {
  if (spoiling === 0) return junk(`no JSON, for ${organisation} ${commit}`)
  if (spoiling === 1) return junk(JSON.stringify({ commit, organisation }))
  const token = await jobToken(sigstore.variables, commit, claimsOf(spoiling === 2 ? 'stranger' : organisation))
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims
  const identity = { token, issuer: String(claims['iss']), claims, subject: identityOf(claims), expires: new Date() }
  const statement = provenance(certifiedBuilder(identity), buildFacts({ subject }))
  const { json, summary } = await signStatement(statement, { kind: 'keyless', identity }, servicesOf(sigstore), PORTS)
  if (spoiling !== 3) return bundleArtifact(Buffer.from(json), summary)
  const bundle = JSON.parse(json) as { dsseEnvelope: { payload: string } }
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('zstd', 'zstt')
  bundle.dsseEnvelope.payload = Buffer.from(payload).toString('base64')
  const bytes = Buffer.from(JSON.stringify(bundle))
  return bundleArtifact(bytes, summarizeBundle(bytes))
}

function junk(text: string): Artifact {
  return { artifactType: BUNDLE_TYPE, mediaType: BUNDLE_TYPE, bytes: Buffer.from(text), annotations: {} }
}

function claimsOf(organisation: string): Record<string, unknown> {
  const repository = `${organisation}/project`
  const workflow = `${repository}/.github/workflows/seed.yml@refs/heads/main`
  return {
    sub: `repo:${repository}:ref:refs/heads/main`,
    repository,
    workflow_ref: workflow,
    job_workflow_ref: workflow
  }
}

function identityOf({ job_workflow_ref: workflow }: Record<string, unknown>): string {
  return `https://github.com/${String(workflow)}`
}

function servicesOf({ variables }: Service) {
  const { SIGSTORE_FULCIO_URL = '', SIGSTORE_REKOR_URL, SIGSTORE_TIMESTAMP_URL } = variables
  return {
    fulcioUrl: SIGSTORE_FULCIO_URL,
    rekorUrl: SIGSTORE_REKOR_URL,
    rekorVersion: 1 as const,
    timestampUrl: SIGSTORE_TIMESTAMP_URL
  }
}

/** Writes a policy that asks for three of the builders, and what it names, into `folder`; its path. */
export function writePolicy(folder: string, builders: readonly BenchBuilder[]): string {
  const sigstores = [...new Set(builders.map(({ sigstore }) => sigstore))]
  const rootOf = (sigstore: Service): string => `root-${sigstores.indexOf(sigstore)}.json`
  for (const sigstore of sigstores) writeFileSync(join(folder, rootOf(sigstore)), readFileSync(rootFile(sigstore)))
  const policy = {
    threshold: 3,
    dimensions: ['builder', 'organisation'],
    builders: builders.map(({ organisation, sigstore }) => ({
      id: organisation,
      organisation,
      issuer: sigstore.variables['SIGSTORE_ISSUER'],
      identity: identityOf(claimsOf(organisation)),
      trustRoot: rootOf(sigstore)
    }))
  }
  const file = join(folder, 'policy.json')
  writeFileSync(file, JSON.stringify(policy, null, 2))
  return file
}

type Root = Record<'certificateAuthorities' | 'ctlogs' | 'tlogs' | 'timestampAuthorities', unknown[]> & object

/** Writes one trust root for verifiers that take one: all of what several say. Its path. */
export function writeJointRoot(folder: string, sigstores: readonly Service[]): string {
  const roots = sigstores.map(sigstore => JSON.parse(readFileSync(rootFile(sigstore), 'utf8')) as Root)
  const all = (name: keyof Root): unknown[] => roots.flatMap(root => root[name])
  const joint = {
    ...roots[0],
    certificateAuthorities: all('certificateAuthorities'),
    ctlogs: all('ctlogs'),
    tlogs: all('tlogs'),
    timestampAuthorities: all('timestampAuthorities')
  }
  const file = join(folder, 'joint-root.json')
  writeFileSync(file, JSON.stringify(joint))
  return file
}

function rootFile({ variables }: Service): string {
  return variables['SIGSTORE_TRUSTED_ROOT'] ?? ''
}
