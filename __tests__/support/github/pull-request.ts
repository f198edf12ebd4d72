import type { User } from './tokens.ts'

export interface Label {
  id: number
  name: string
  color: string
  description: string
}

export interface Comment {
  id: number
  user: User
  body: string
  createdAt: string
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** A pull request between two branches of one repository. */
export interface PullRequest {
  readonly number: number
  readonly id: number
  readonly nodeId: string
  readonly user: User
  title: string
  body: string | null
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
  /** Names of branches. */
  head: string
  base: string
  /** What they pointed to when the pull request was open last. */
  headOid: string
  baseOid: string
  labels: string[]
  reviewers: string[]
  teamReviewers: string[]
  comments: Comment[]
  autoMerge: { method: MergeMethod; by: User; at: string } | undefined
  maintainerCanModify: boolean
  mergeOid: string | undefined
  mergedBy: User | undefined
  readonly createdAt: string
  updatedAt: string
  closedAt: string | null
  mergedAt: string | null
}
