/** A local Sigstore's identity tokens, as a CI job on a commit would get them. */

/**
 * @param variables of the service `sigstore`
 * @param commit that the job is of
 * @param claims what else is different from other jobs
 */
export async function jobToken(
  variables: Readonly<Record<string, string>>,
  commit: string,
  claims: Readonly<Record<string, unknown>> = {}
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = variables
  const answer = await fetch(`${url}&audience=sigstore`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ sha: commit, workflow_sha: commit, job_workflow_sha: commit, ...claims })
  })
  return ((await answer.json()) as { value: string }).value
}
