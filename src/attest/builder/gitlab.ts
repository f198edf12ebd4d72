/** GitLab CI, gitlab.com and self-managed. https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
import { certificateUri } from '../certificate-uri.ts'
import { claim, COMMIT, invalidClaim, NUMBER, optionalClaim, REF, WORD, type Claims, type Form } from '../claims.ts'
import { BUILD_TYPES, type Builder, type Provider } from './definition.ts'

const BUILD_TYPE = `${BUILD_TYPES}/gitlab/v1`

const NAME = String.raw`(?!\.{1,2}(?:\/|$))[\w.-]+`
const PROJECT: Form = { what: 'a project (GROUP/NAME)', pattern: new RegExp(`^${NAME}(?:/${NAME})+$`) }
const CONFIG: Form = {
  what: "a pipeline's configuration (HOST/PROJECT//FILE@REF)",
  pattern: /^(?!.*(?:\?|\/\.{1,2}\/))[a-z\d.-]+(?::\d+)?\/.+\/\/.+@.+$/i
}

export const gitlab: Provider = {
  isIssuerOf: claims => 'project_path' in claims && 'pipeline_source' in claims,
  subject: gitlabSubject,
  builder: gitlabBuilder,
  hint: audience =>
    ['Add this to the job in .gitlab-ci.yml:', 'id_tokens:', '  SIGSTORE_ID_TOKEN:', `    aud: ${audience}`].join('\n')
}

function gitlabSubject(claims: Claims): string {
  const uri = certificateUri(`https://${configOf(claims)}`)
  if (uri === undefined) throw invalidClaim('ci_config_ref_uri', 'makes no URI that a certificate can hold')
  return uri
}

function configOf(claims: Claims): string {
  const config = optionalClaim(claims, 'ci_config_ref_uri', CONFIG)
  if (config !== undefined) return config
  throw invalidClaim(
    'ci_config_ref_uri',
    'is missing',
    "GitLab makes it where the pipeline's configuration is a file of a repository: use one, with GitLab 16.2 or later."
  )
}

function gitlabBuilder(claims: Claims): Builder {
  const repository = `${claim(claims, 'iss').replace(/\/+$/, '')}/${claim(claims, 'project_path', PROJECT)}`
  const ref = refOf(claims)
  const job = claim(claims, 'job_id', NUMBER)
  const configSha = optionalClaim(claims, 'ci_config_sha', COMMIT)
  return {
    kind: 'gitlab',
    id: gitlabSubject(claims),
    buildType: BUILD_TYPE,
    externalParameters: { pipeline: { repository, ref, config: configOf(claims) } },
    internalParameters: {
      gitlab: {
        pipeline_source: claim(claims, 'pipeline_source', WORD),
        pipeline_id: claim(claims, 'pipeline_id', NUMBER),
        job_id: job,
        project_id: claim(claims, 'project_id', NUMBER),
        namespace_id: claim(claims, 'namespace_id', NUMBER),
        runner_environment: claim(claims, 'runner_environment', WORD),
        ...(configSha !== undefined && { ci_config_sha: configSha })
      }
    },
    source: { uri: `git+${repository}@${ref}`, commit: claim(claims, 'sha', COMMIT) },
    invocationId: `${repository}/-/jobs/${job}`
  }
}

/** `ref` is a bare name; releases before 16.0 leave the kind to `ref_type`. */
function refOf(claims: Claims): string {
  const path = optionalClaim(claims, 'ref_path', REF)
  if (path !== undefined) return path
  const kind = claim(claims, 'ref_type', { what: 'branch or tag', pattern: /^(?:branch|tag)$/ })
  return claim({ ref: `refs/${kind === 'branch' ? 'heads' : 'tags'}/${claim(claims, 'ref')}` }, 'ref', REF)
}
