/** CircleCI. https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */
import { claim, COMMIT, optionalClaim, UUID, type Claims, type Form } from '../claims.ts'
import { BUILD_TYPES, type Builder, type Checkout, type Provider } from './definition.ts'

const BUILD_TYPE = `${BUILD_TYPES}/circleci/v1`
const PREFIX = 'oidc.circleci.com/'

const ORIGIN: Form = {
  what: 'a repository (HOST/OWNER/NAME)',
  pattern: /^(?:https:\/\/)?[a-z\d.-]+(?::\d+)?(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/i
}
/** Other than elsewhere, nothing promises that it is a full name. */
const CHANGE: Form = { what: 'a name of a branch or tag', pattern: /^[^\s~^:?*[\\]+$/ }
const URL_FORM: Form = { what: 'a URL', pattern: /^https:\/\/[a-z\d.-]+(?::\d+)?(?:\/[\w./-]*)?$/i }

export const circleci: Provider = {
  isIssuerOf: claims => `${PREFIX}project-id` in claims,
  subject: circleciSubject,
  builder: circleciBuilder,
  hint: audience =>
    [
      'Put the token into the environment in the step that signs:',
      '- run: |',
      `    export SIGSTORE_ID_TOKEN="$(circleci run oidc get --claims '${JSON.stringify({ aud: audience })}')"`,
      'A pull request from a fork gets no identity token, unless the project passes secrets to forks.'
    ].join('\n')
}

/** Of a pipeline: Fulcio's default, and the claim that goes before it there. */
function circleciSubject(claims: Claims): string {
  const api = optionalClaim(claims, 'api_url', URL_FORM) ?? 'https://circleci.com/api/v2'
  return `${api}/projects/${own(claims, 'project-id')}/pipeline-definitions/${own(claims, 'pipeline-definition-id')}`
}

function circleciBuilder(claims: Claims, { commit }: Checkout): Builder {
  const id = circleciSubject(claims)
  // A pipeline that a webhook has started has neither.
  const origin = optionalClaim(claims, `${PREFIX}vcs-origin`, ORIGIN)
  const ref = optionalClaim(claims, `${PREFIX}vcs-ref`, CHANGE)
  const repository = origin === undefined ? undefined : `https://${origin.replace('https://', '')}`
  const platform = optionalClaim(claims, 'platform_url', URL_FORM) ?? 'https://app.circleci.com/'
  return {
    kind: 'circleci',
    id,
    buildType: BUILD_TYPE,
    externalParameters: {
      pipeline: {
        definition: id,
        ...(repository !== undefined && { repository }),
        ...(ref !== undefined && { ref })
      }
    },
    internalParameters: {
      circleci: {
        ...organizationOf(claims),
        project_id: own(claims, 'project-id'),
        pipeline_id: own(claims, 'pipeline-id'),
        workflow_id: own(claims, 'workflow-id'),
        job_id: own(claims, 'job-id'),
        ...sshRerunOf(claims)
      }
    },
    ...(repository !== undefined &&
      ref !== undefined &&
      commit !== undefined && {
        source: { uri: `git+${repository}@${ref}`, commit: claim({ commit }, 'commit', COMMIT) }
      }),
    // The two slashes are what the certificate has, too.
    invocationId: `${platform}/workflow/${own(claims, 'workflow-id')}/job/${own(claims, 'job-id')}`
  }
}

/** Every organisation has an issuer of its own, named after it. */
function organizationOf(claims: Claims): { org_id?: string } {
  const id =
    optionalClaim(claims, `${PREFIX}org-id`, UUID) ?? /\/org\/([0-9a-f-]{36})$/i.exec(claim(claims, 'iss'))?.[1]
  return id === undefined ? {} : { org_id: id }
}

/** Whether somebody could log in to the machine that built. */
function sshRerunOf(claims: Claims): { ssh_rerun?: boolean } {
  const text = optionalClaim(claims, `${PREFIX}ssh-rerun`, { what: 'true or false', pattern: /^(?:true|false)$/ })
  return text === undefined ? {} : { ssh_rerun: text === 'true' }
}

function own(claims: Claims, name: string): string {
  return claim(claims, `${PREFIX}${name}`, UUID)
}
