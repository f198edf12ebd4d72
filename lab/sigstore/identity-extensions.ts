/**
 * What Fulcio writes of a token's claims into a certificate.
 * https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md, https://github.com/sigstore/fulcio/tree/main/config/identity
 */
import type { JWTPayload } from 'jose'
import type { Extension } from './certificate.ts'
import { text } from './der.ts'

export const ISSUER_TYPES = ['github-workflow', 'gitlab-pipeline', 'circleci', 'uri'] as const
export type IssuerType = (typeof ISSUER_TYPES)[number]

export interface CertifiedIdentity {
  /** The subject alternative name. */
  uri: string
  extensions: Extension[]
}

/** Numbers of the extensions below 1.3.6.1.4.1.57264.1. */
const NUMBERS = {
  buildSignerUri: 9,
  buildSignerDigest: 10,
  runnerEnvironment: 11,
  sourceRepositoryUri: 12,
  sourceRepositoryDigest: 13,
  sourceRepositoryRef: 14,
  sourceRepositoryIdentifier: 15,
  sourceRepositoryOwnerUri: 16,
  sourceRepositoryOwnerIdentifier: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  buildTrigger: 20,
  runInvocationUri: 21,
  sourceRepositoryVisibility: 22,
  deploymentEnvironment: 23
} as const

type Values = Partial<Record<keyof typeof NUMBERS, string>>
/** Value of a claim as text; throws where there is none. */
type Claim = (name: string) => string

/**
 * @param claims of a verified token
 * @throws Error that names the claim which is missing
 */
export function certifiedIdentity(type: IssuerType, claims: JWTPayload): CertifiedIdentity {
  const claim: Claim = name => {
    const value = claims[name]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw new Error(`value <${name}> not present in either claims or defaults`)
  }
  const { uri, values, legacy = [] } = MAPPINGS[type](claim, claims)
  const issuer = claim('iss')
  const extension = (number: number, value: Buffer) => ({ oid: `1.3.6.1.4.1.57264.1.${number}`, value })
  const present = (pairs: [number, string][]) => pairs.filter(([, value]) => value !== '')
  const numbered = Object.entries(values).map(([name, value]): [number, string] => [
    NUMBERS[name as keyof Values],
    value
  ])
  return {
    uri,
    extensions: [
      // The first six hold bare text, not ASN.1.
      ...present([[1, issuer], ...legacy]).map(([number, value]) => extension(number, Buffer.from(value))),
      ...present([[8, issuer], ...numbered, [24, claim('sub')]]).map(([number, value]) =>
        extension(number, text(value))
      )
    ]
  }
}

interface Mapped {
  uri: string
  values: Values
  legacy?: [number, string][]
}

const MAPPINGS: Record<IssuerType, (claim: Claim, claims: JWTPayload) => Mapped> = {
  'github-workflow': githubWorkflow,
  'gitlab-pipeline': gitlabPipeline,
  circleci,
  uri: subjectUri
}

function subjectUri(claim: Claim): Mapped {
  const uri = claim('sub')
  if (!URL.canParse(uri)) throw new Error('the subject is no URI')
  return { uri, values: {} }
}

function githubWorkflow(claim: Claim, claims: JWTPayload): Mapped {
  const url = (path: string) => `https://github.com/${path}`
  return {
    uri: url(claim('job_workflow_ref')),
    legacy: [
      [2, claim('event_name')],
      [3, claim('sha')],
      [4, claim('workflow')],
      [5, claim('repository')],
      [6, claim('ref')]
    ],
    values: {
      buildSignerUri: url(claim('job_workflow_ref')),
      buildSignerDigest: claim('job_workflow_sha'),
      runnerEnvironment: claim('runner_environment'),
      sourceRepositoryUri: url(claim('repository')),
      sourceRepositoryDigest: claim('sha'),
      sourceRepositoryRef: claim('ref'),
      sourceRepositoryIdentifier: claim('repository_id'),
      sourceRepositoryOwnerUri: url(claim('repository_owner')),
      sourceRepositoryOwnerIdentifier: claim('repository_owner_id'),
      buildConfigUri: url(claim('workflow_ref')),
      buildConfigDigest: claim('workflow_sha'),
      buildTrigger: claim('event_name'),
      runInvocationUri: url(`${claim('repository')}/actions/runs/${claim('run_id')}/attempts/${claim('run_attempt')}`),
      sourceRepositoryVisibility: claim('repository_visibility'),
      deploymentEnvironment: optional(claims, 'environment')
    }
  }
}

function gitlabPipeline(claim: Claim, claims: JWTPayload): Mapped {
  const url = (path: string) => `https://gitlab.com/${path}`
  const config = `https://${claim('ci_config_ref_uri')}`
  return {
    uri: config,
    values: {
      buildSignerUri: config,
      buildSignerDigest: claim('ci_config_sha'),
      runnerEnvironment: claim('runner_environment'),
      sourceRepositoryUri: url(claim('project_path')),
      sourceRepositoryDigest: claim('sha'),
      sourceRepositoryRef: `refs/${claim('ref_type') === 'branch' ? 'heads' : 'tags'}/${claim('ref')}`,
      sourceRepositoryIdentifier: claim('project_id'),
      sourceRepositoryOwnerUri: url(claim('namespace_path')),
      sourceRepositoryOwnerIdentifier: claim('namespace_id'),
      buildConfigUri: config,
      buildConfigDigest: claim('ci_config_sha'),
      buildTrigger: claim('pipeline_source'),
      runInvocationUri: url(`${claim('project_path')}/-/jobs/${claim('job_id')}`),
      sourceRepositoryVisibility: claim('project_visibility'),
      deploymentEnvironment: optional(claims, 'environment')
    }
  }
}

function circleci(claim: Claim): Mapped {
  const own = (name: string) => claim(`oidc.circleci.com/${name}`)
  const api = 'https://circleci.com/api/v2'
  const definition = `${api}/projects/${own('project-id')}/pipeline-definitions/${own('pipeline-definition-id')}`
  return {
    uri: definition,
    values: {
      buildConfigUri: `${api}/pipeline/${own('pipeline-id')}/config`,
      buildSignerUri: definition,
      // The two slashes and the two quotation marks are what the public instance writes, too.
      runInvocationUri: `https://app.circleci.com//workflow/${own('workflow-id')}/job/${own('job-id')}`,
      runnerEnvironment: own('ssh-rerun') === 'true' ? 'ssh-rerun' : '""',
      sourceRepositoryRef: own('vcs-ref'),
      sourceRepositoryUri: own('vcs-origin')
    }
  }
}

function optional(claims: JWTPayload, name: string): string {
  return typeof claims[name] === 'string' ? claims[name] : ''
}
