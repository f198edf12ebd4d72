import { SeedError, systemCode } from '../errors.ts'
import type { SeedErrorOptions } from '../errors.ts'
import { permissionHint } from '../permission.ts'
import type { Permission } from '../permission.ts'
import type { ForgeFault } from './fault.ts'

/** What a message about a failed request is made of. */
export interface FailureContext {
  /** "reading flake.lock" */
  doing: string
  /** The permission that the request takes. */
  permission?: Permission
  resource?: string
  /** `https://github.com/OWNER/NAME`, where the request is about a repository. */
  repositoryUrl?: string
  /** Nothing may be known of whether it happened. */
  isUncertain?: boolean
  /** The token was good for an earlier request. */
  wasAccepted?: boolean
}

/** What GitHub answered, as the cause of a SeedError. */
export class ForgeRefusal extends Error {
  override readonly name = 'ForgeRefusal'
  /** Of HTTP, or what stands for it in GraphQL; absent if there was no answer. */
  readonly status?: number
  /** GitHub's words on one line. */
  readonly said: string

  constructor(fault: ForgeFault) {
    super(fault.message)
    this.said = fault.said
    if (fault.status !== undefined) this.status = fault.status
    const code = systemCode(fault)
    if (code !== undefined) Object.assign(this, { code })
  }
}

/** What GitHub answered, if `error` comes of an answer of GitHub. */
export function refusalOf(error: unknown): ForgeRefusal | undefined {
  return error instanceof SeedError && error.cause instanceof ForgeRefusal ? error.cause : undefined
}

/** The SeedError for a request that failed for good. */
export function forgeFailure(fault: ForgeFault, context: FailureContext): SeedError {
  const { resource, doing } = context
  const fail = (code: SeedError['code'], what: string, hint?: string): SeedError => {
    const options: SeedErrorOptions = { cause: new ForgeRefusal(fault) }
    if (resource !== undefined) options.resource = resource
    if (hint !== undefined) options.hint = hint
    return new SeedError(code, `${doing}: ${what}`, options)
  }
  const answer = fault.said === '' ? fault.message : `${host(fault)} says "${fault.said}"`
  if (fault.limit) return fail('FORGE_LIMITED', ...limitTexts(fault))
  switch (fault.status) {
    case undefined:
      return fail('FORGE_UNREACHABLE', fault.message, unreachableHint(fault, context))
    case 401:
      return fail('FORGE_DENIED', ...tokenTexts(fault, context))
    case 403:
      return fail('FORGE_DENIED', answer, deniedHint(fault, context))
    case 404:
      return fail('FORGE_FAILED', answer, notFoundHint(context))
    case 409:
    case 422:
      if (isConflict(fault)) return fail('FORGE_CONFLICT', answer, CONFLICT_HINT)
      if (isRule(fault)) return fail('FORGE_DENIED', answer, ruleHint(context))
      return fail('FORGE_FAILED', answer)
    default:
      return fail('FORGE_FAILED', answer, fault.status >= 500 ? serverHint(fault, context) : undefined)
  }
}

const CONFLICT_HINT = 'Another job or person changed the branch at the same moment: run this job again.'

function isConflict({ status, said }: ForgeFault): boolean {
  if (status === 409 && /expected branch|pull and try again|is at \S+ but expected|does not match|modified/i.test(said))
    return true
  return /reference already exists|not a fast.forward|expected branch to point|head branch was modified/i.test(said)
}

/** https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets */
function isRule({ said }: ForgeFault): boolean {
  return /rule violation|protected branch|branch protection/i.test(said)
}

function ruleHint({ repositoryUrl }: FailureContext): string {
  const where = repositoryUrl === undefined ? '' : ` (${repositoryUrl}/rules)`
  return `A rule of the repository${where} protects this branch: let it pass whoever the token belongs to, or leave the branch out of the rule.`
}

function limitTexts(fault: ForgeFault): [string, string] {
  const waitMs = fault.limit?.waitMs
  const again = waitMs === undefined ? undefined : new Date(Date.now() + waitMs)
  const until = again && waitMs !== undefined ? ` until ${formatTime(again)} (${formatWait(waitMs)} from now)` : ''
  return [
    `${host(fault)} takes no more requests with this token${until}`,
    `Run the job again ${until === '' ? 'later' : 'after that'}. The limit counts the requests of all jobs that share the token's repository or owner.`
  ]
}

function tokenTexts(fault: ForgeFault, { wasAccepted }: FailureContext): [string, string] {
  const what = wasAccepted
    ? `the token was accepted before and is no longer: it has expired or was revoked`
    : `${host(fault)} does not accept the token: it is wrong, expired or revoked`
  return [
    what,
    wasAccepted
      ? "Run the job again. A token of a GitHub App lives for one hour: make it in the step right before this one. The job's own (`${{ github.token }}`) lives as long as the job."
      : "Use the job's own token (`${{ github.token }}`), or renew the secret that holds this one."
  ]
}

function deniedHint(fault: ForgeFault, context: FailureContext): string | undefined {
  const { said } = fault
  if (/not permitted to create or approve pull requests/i.test(said)) return settingHint(context)
  if (isRule(fault)) return ruleHint(context)
  if (/saml|single sign|ip allow list|archived|suspended|blocked/i.test(said)) return undefined
  const permission = context.permission ?? acceptedPermission(fault)
  if (permission === undefined) return undefined
  const [scope = '', access = ''] = permission.split(': ')
  if (/personal access token/i.test(said)) {
    return `Give the personal access token the repository permission "${scope}" with "${access}" access.`
  }
  return `${permissionHint(permission)}\nA token of one's own needs "${permission}" where it was made.`
}

function settingHint({ repositoryUrl }: FailureContext): string {
  const where = repositoryUrl === undefined ? '' : ` (${repositoryUrl}/settings/actions)`
  return [
    `Tick "Allow GitHub Actions to create and approve pull requests" in the repository's Settings → Actions → General → Workflow permissions${where};`,
    `where it is greyed out, first in the organisation's Settings → Actions → General → Workflow permissions.`,
    'Or give the input "pull-request-token" a token of a GitHub App or a person.'
  ].join(' ')
}

function notFoundHint({ permission, resource }: FailureContext): string {
  const hint = `Either ${resource ?? 'it'} does not exist, or the token may not see it: that is how GitHub hides private repositories.`
  return permission === undefined ? hint : `${hint} ${permissionHint(permission)}`
}

function unreachableHint(fault: ForgeFault, { isUncertain }: FailureContext): string {
  const code = systemCode(fault) ?? ''
  if (code === 'ENOTFOUND') return `Is there a network, and does this machine know ${host(fault)}?`
  if (/CERT|SIGNED|ISSUER|ALTNAME/.test(code)) {
    return 'Its certificate is not trusted here: name the file of its authority in NODE_EXTRA_CA_CERTS.'
  }
  const hint = 'Check the network, and the proxy if there is one, and run the job again.'
  return isUncertain ? `${hint} What was asked may have been done all the same.` : hint
}

function serverHint(fault: ForgeFault, { isUncertain }: FailureContext): string {
  const status = host(fault) === 'github.com' ? ' https://www.githubstatus.com/ tells whether it has an outage.' : ''
  return `Run the job again.${status}${isUncertain ? ' What was asked may have been done all the same.' : ''}`
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible */
function acceptedPermission({ headers }: ForgeFault): Permission | undefined {
  const accepted = headers['x-accepted-github-permissions']
  if (typeof accepted !== 'string') return undefined
  const named = accepted.split(/[;,]/).map(pair => pair.trim().replace(/_/g, '-').replace('=', ': '))
  return PERMISSIONS.find(permission => named.includes(permission))
}

const PERMISSIONS: readonly Permission[] = [
  'contents: read',
  'contents: write',
  'pull-requests: write',
  'packages: read',
  'packages: write'
]

function host(fault: ForgeFault): string {
  return new URL(fault.url).host
}

/** As in "2026-05-04 13:37 UTC". */
function formatTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function formatWait(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}
