export interface PullRequest {
  number: number
  url: string
  /** Its name in GraphQL. */
  nodeId: string
  title: string
  /** Empty if there is none. */
  body: string
  draft: boolean
  labels: readonly string[]
  headOid: string
  baseRef: string
  /** GitHub merges it as soon as it may. */
  isAutoMerged: boolean
}

export interface WantedPullRequest {
  /** A branch of the same repository. */
  head: string
  base: string
  title: string
  body: string
  /** Added to those that it has. */
  labels: readonly string[]
  /** User names; asked when it is opened, and not again. */
  reviewers: readonly string[]
  /** Slugs of teams, without the organisation. */
  teamReviewers: readonly string[]
  /** Counts when it is opened: whoever marks it ready later has their way. */
  draft: boolean
  autoMerge: 'off' | 'merge' | 'squash' | 'rebase'
}

export interface SavedPullRequest {
  number: number
  url: string
  operation: 'created' | 'updated' | 'unchanged'
}
