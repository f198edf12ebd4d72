/**
 * GitHub Actions, github.com and GitHub Enterprise.
 * https://docs.github.com/actions/reference/security/oidc
 */
import { certificateUri } from '../certificate-uri.ts'
import { claim, COMMIT, invalidClaim, NUMBER, optionalClaim, REF, WORD, type Claims, type Form } from '../claims.ts'
import { permissionHint } from '../../permission.ts'
import type { Builder, Provider } from './definition.ts'

/** GitHub's own, which its tools expect. https://actions.github.io/buildtypes/workflow/v1 */
const BUILD_TYPE = 'https://actions.github.io/buildtypes/workflow/v1'

const NAME = String.raw`(?!\.{1,2}(?:\/|$))[\w.-]+`
const REPOSITORY: Form = { what: 'a repository (OWNER/NAME)', pattern: new RegExp(`^${NAME}/${NAME}$`) }
const WORKFLOW: Form = {
  what: 'a workflow (OWNER/NAME/PATH@REF)',
  pattern: new RegExp(`^${NAME}/${NAME}/(?!.*/\\.{1,2}/)[^/?].*@.+$`)
}

export const github: Provider = {
  isIssuerOf: claims => 'job_workflow_ref' in claims,
  subject: githubSubject,
  builder: githubBuilder,
  hint: () => `${permissionHint('id-token: write')}\nA pull request from a fork gets no identity token.`
}

function githubSubject(claims: Claims): string {
  const uri = certificateUri(`${serverOf(claims)}/${claim(claims, 'job_workflow_ref', WORKFLOW)}`)
  if (uri === undefined) throw invalidClaim('job_workflow_ref', 'makes no URI that a certificate can hold')
  return uri
}

function githubBuilder(claims: Claims): Builder {
  const server = serverOf(claims)
  const path = claim(claims, 'repository', REPOSITORY)
  const repository = `${server}/${path}`
  const ref = claim(claims, 'ref', REF)
  const run = `${claim(claims, 'run_id', NUMBER)}/attempts/${claim(claims, 'run_attempt', NUMBER)}`
  return {
    kind: 'github',
    id: githubSubject(claims),
    buildType: BUILD_TYPE,
    externalParameters: { workflow: { ref, repository, path: workflowPath(claims, path, ref) } },
    internalParameters: {
      github: {
        event_name: claim(claims, 'event_name', WORD),
        repository_id: claim(claims, 'repository_id', NUMBER),
        repository_owner_id: claim(claims, 'repository_owner_id', NUMBER),
        runner_environment: claim(claims, 'runner_environment', WORD)
      }
    },
    source: { uri: `git+${repository}@${ref}`, commit: claim(claims, 'sha', COMMIT) },
    invocationId: `${repository}/actions/runs/${run}`
  }
}

/** Both file and branch may have an `@` in their names, and the workflow may be another repository's. */
function workflowPath(claims: Claims, repository: string, ref: string): string {
  const workflow = claim(claims, 'workflow_ref', WORKFLOW)
  const path = workflow.startsWith(`${repository}/`) ? workflow.slice(repository.length + 1) : workflow
  if (path.endsWith(`@${ref}`)) return path.slice(0, -ref.length - 1)
  // No name of a workflow's file has a slash.
  const end = path.indexOf('@refs/')
  return path.slice(0, end < 0 ? path.lastIndexOf('@') : end)
}

/**
 * The address of the GitHub that issued a token: `https://github.com`, which has its issuer elsewhere; a tenant of
 * ghe.com; a server of one's own, which is its issuer itself.
 * https://docs.github.com/enterprise-server/actions/reference/security/oidc
 */
function serverOf(claims: Claims): string {
  // Fulcio gives a claim of this name precedence, too.
  const named = optionalClaim(claims, 'url', { what: 'a URL', pattern: /^https:\/\/[a-z\d.-]+(?::\d+)?$/ })
  if (named !== undefined) return named
  const issuer = claim(claims, 'iss')
  const tenant = /^https:\/\/token\.actions\.([a-z\d-]+\.ghe\.com)(?:\/|$)/.exec(issuer)?.[1]
  if (tenant !== undefined) return `https://${tenant}`
  return /^(https:\/\/[^/]+)\/_services\/token\/?$/.exec(issuer)?.[1] ?? 'https://github.com'
}
