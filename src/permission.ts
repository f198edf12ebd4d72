/** What a job's token can be allowed, as in `permissions:` of a workflow. */
export type Permission =
  | 'contents: read'
  | 'contents: write'
  | 'pull-requests: write'
  | 'packages: read'
  | 'packages: write'
  | 'id-token: write'

/**
 * What to add to a workflow, as the exact lines of YAML.
 *
 * Whoever writes the first `permissions:` into a workflow takes all that it does not name away, so that is said as well.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
export function permissionHint(permission: Permission): string {
  return [
    'Add this to the job in the workflow, and keep what stands under "permissions" (what is not named there is refused):',
    'permissions:',
    `  ${permission}`
  ].join('\n')
}
