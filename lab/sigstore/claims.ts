/** What the providers' identity tokens say of a job, for examples and tests. */

/** Claims as GitHub makes them for a job. https://docs.github.com/actions/reference/security/oidc */
export function githubClaims(claims: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sub: 'repo:octo-org/project:ref:refs/heads/main',
    event_name: 'push',
    ref: 'refs/heads/main',
    ref_type: 'branch',
    repository: 'octo-org/project',
    repository_id: '1296269',
    repository_owner: 'octo-org',
    repository_owner_id: '65',
    repository_visibility: 'public',
    run_attempt: '1',
    run_id: '42',
    run_number: '7',
    runner_environment: 'github-hosted',
    sha: '2c26b46b68ffc68ff99b453c1d30413413422d70',
    workflow: 'seed',
    workflow_ref: 'octo-org/project/.github/workflows/seed.yml@refs/heads/main',
    workflow_sha: '2c26b46b68ffc68ff99b453c1d30413413422d70',
    job_workflow_ref: 'octo-org/project/.github/workflows/seed.yml@refs/heads/main',
    job_workflow_sha: '2c26b46b68ffc68ff99b453c1d30413413422d70',
    ...claims
  }
}

/** Claims as GitLab makes them for a job. https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
export function gitlabClaims(claims: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    sub: 'project_path:octo-group/project:ref_type:branch:ref:main',
    ci_config_ref_uri: 'gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main',
    ci_config_sha: '2c26b46b68ffc68ff99b453c1d30413413422d70',
    job_id: '302',
    namespace_id: '72',
    namespace_path: 'octo-group',
    pipeline_id: '574',
    pipeline_source: 'push',
    project_id: '20',
    project_path: 'octo-group/project',
    project_visibility: 'public',
    ref: 'main',
    ref_path: 'refs/heads/main',
    ref_type: 'branch',
    runner_environment: 'gitlab-hosted',
    runner_id: 1,
    sha: '2c26b46b68ffc68ff99b453c1d30413413422d70',
    ...claims
  }
}

/** Claims as CircleCI makes them for a job. https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/ */
export function circleciClaims(claims: Record<string, unknown> = {}): Record<string, unknown> {
  const organization = '3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11'
  const project = '7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10'
  const own: Record<string, string> = {
    'org-id': organization,
    'project-id': project,
    'pipeline-id': '5f0d3c6a-8f7e-4b0a-9d1c-2e3f4a5b6c7d',
    'pipeline-definition-id': '9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
    'workflow-id': '1a2b3c4d-5e6f-4708-9a0b-1c2d3e4f5a6b',
    'job-id': '6b5a4f3e-2d1c-4b0a-8f9e-7d6c5b4a3f2e',
    'context-ids': '',
    'ssh-rerun': 'false',
    'vcs-origin': 'github.com/octo-org/project',
    'vcs-ref': 'refs/heads/main'
  }
  const prefixed = Object.entries(own).map(([name, value]) => [`oidc.circleci.com/${name}`, value])
  return {
    sub: `org/${organization}/project/${project}/user/d1c2b3a4-0000-4000-8000-000000000001`,
    ...Object.fromEntries(prefixed),
    ...claims
  }
}
