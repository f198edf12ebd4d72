/** What a route of the REST API is: who may call it, and what it does. */
import type { Answer } from './faults.ts'
import { notFound } from './refusal.ts'
import type { PullRequest } from './pull-request.ts'
import type { Bases } from './representations.ts'
import type { Repository } from './repository.ts'
import { makeUser } from './tokens.ts'
import type { Needed, Token, User } from './tokens.ts'

export interface Call {
  bases: Bases
  repository: Repository
  token: Token | undefined
  params: Record<string, string>
  query: Record<string, string>
  accept: string
  /** What was asked for. */
  address: URL
  /** The checked body; an empty object where there was none. */
  body: Record<string, unknown>
}

export interface Route {
  method: string
  /** As GitHub's description writes it. */
  path: string
  needs: Needed
  answer: (call: Call) => Promise<Answer> | Answer
}

export const READ_CONTENTS: Needed = [['contents', 'read']]
export const WRITE_CONTENTS: Needed = [['contents', 'write']]
export const READ_PULLS: Needed = [['pull-requests', 'read']]
export const WRITE_PULLS: Needed = [['pull-requests', 'write']]
export const READ_ISSUES: Needed = [
  ['issues', 'read'],
  ['pull-requests', 'read']
]
export const WRITE_ISSUES: Needed = [
  ['issues', 'write'],
  ['pull-requests', 'write']
]

/** Who does it. */
export function actor({ token }: Pick<Call, 'token'>): User {
  return token?.user ?? makeUser('ghost')
}

/** @throws Refusal 404 */
export function pullOf({ repository, params }: Call): PullRequest {
  const pull = repository.pullRequest(Number(params.pull_number ?? params.issue_number))
  if (pull === undefined) throw notFound()
  return pull
}
