/** The GraphQL API, as far as the product uses it. https://docs.github.com/graphql */
import type { Change } from './git.ts'
import { nodeId, repositoryNodeId } from './representations.ts'
import type { Bases } from './representations.ts'
import { Refusal } from './refusal.ts'
import type { MergeMethod, PullRequest } from './pull-request.ts'
import type { Repository } from './repository.ts'
import { failure } from './schema.ts'
import type { Resolver } from './schema.ts'
import { authorize, makeUser } from './tokens.ts'
import type { Needed, Token } from './tokens.ts'
import { GraphObjects } from './graph-objects.ts'

export interface GraphqlContext {
  bases: Bases
  repositories: readonly Repository[]
  token: Token | undefined
}

const CONTENTS: Needed = [['contents', 'write']]
const PULLS: Needed = [['pull-requests', 'write']]
const BYPASS = { name: 'GitHub', email: 'noreply@github.com' }

/** The fields of Query and Mutation for one request. */
export function graphqlRoot(context: GraphqlContext): Record<string, Resolver> {
  const graph = new GraphObjects(context.bases)
  const input = (resolve: (values: Record<string, unknown>) => Promise<Record<string, unknown>>): Resolver => {
    return async args => {
      const values = args.input as Record<string, unknown>
      return { clientMutationId: values.clientMutationId ?? null, ...(await resolve(values)) }
    }
  }
  const onPull = (
    needs: readonly Needed[],
    act: (pull: PullRequest, repository: Repository, values: Record<string, unknown>) => void
  ) =>
    input(async values => {
      const { pull, repository } = findPull(context, String(values.pullRequestId))
      for (const need of needs) permit(context, repository, need)
      act(pull, repository, values)
      pull.updatedAt = new Date().toISOString()
      return {
        actor: graph.user(context.token?.user ?? makeUser('ghost')),
        pullRequest: graph.pullRequest(repository, pull)
      }
    })
  return {
    repository: async ({ owner, name }) =>
      graph.repository(findRepository(context, `${String(owner)}/${String(name)}`)),
    viewer: () => graph.user(context.token?.user ?? makeUser('ghost')),
    rateLimit: () => ({
      __typename: 'RateLimit',
      limit: 5000,
      cost: 1,
      remaining: 4999,
      used: 1,
      resetAt: new Date(Date.now() + 3_600_000).toISOString()
    }),
    createCommitOnBranch: input(async values => {
      const { repository, ref, oid } = await createCommitOnBranch(context, values as unknown as CommitInput)
      return { commit: graph.commit(repository, oid), ref: graph.ref(repository, ref, oid) }
    }),
    createRef: input(async ({ repositoryId, name, oid }) => {
      const repository = context.repositories.find(known => repositoryNodeId(known) === repositoryId)
      if (!repository)
        throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${String(repositoryId)}'`)
      permit(context, repository, CONTENTS)
      const ref = String(name)
      if (!/^refs\/.+\/./.test(ref))
        throw failure('UNPROCESSABLE', 'Reference name must start with refs/heads/ or refs/tags/')
      if ((await repository.git.typeOf(String(oid))) === undefined)
        throw failure('UNPROCESSABLE', 'Object does not exist')
      const made = await repository.moveRef(ref, String(oid), undefined)
      if (!made) throw failure('UNPROCESSABLE', `A ref named "${ref}" already exists in the repository.`)
      return { ref: graph.ref(repository, ref, String(oid)) }
    }),
    updateRef: input(async ({ refId, oid, force }) => {
      const { repository, ref, old } = await findRef(context, String(refId))
      permit(context, repository, CONTENTS)
      const wanted = String(oid)
      if ((await repository.git.typeOf(wanted)) === undefined) throw failure('UNPROCESSABLE', 'Object does not exist')
      const isFastForward = force === true || (await repository.git.isAncestor(old, wanted))
      if (!isFastForward || !(await repository.moveRef(ref, wanted, old)))
        throw failure('UNPROCESSABLE', 'Update is not a fast forward')
      return { ref: graph.ref(repository, ref, wanted) }
    }),
    deleteRef: input(async ({ refId }) => {
      const { repository, ref, old } = await findRef(context, String(refId))
      permit(context, repository, CONTENTS)
      await repository.moveRef(ref, undefined, old)
      return {}
    }),
    enablePullRequestAutoMerge: onPull([PULLS, CONTENTS], (pull, repository, { mergeMethod }) => {
      const { settings } = repository
      if (!settings.allowAutoMerge)
        throw failure('UNPROCESSABLE', 'Pull request Auto merge is not allowed for this repository')
      if (pull.state === 'closed') throw failure('UNPROCESSABLE', 'Pull request is closed')
      if (pull.draft) throw failure('UNPROCESSABLE', 'Pull request Pull request is in draft state')
      if (!settings.requiresChecks) throw failure('UNPROCESSABLE', 'Pull request Pull request is in clean status')
      const method = ((mergeMethod as string | undefined) ?? 'MERGE').toLowerCase() as MergeMethod
      pull.autoMerge = { method, by: context.token?.user ?? makeUser('ghost'), at: new Date().toISOString() }
    }),
    disablePullRequestAutoMerge: onPull([PULLS], pull => {
      pull.autoMerge = undefined
    }),
    // To change the stage takes both, as people find out: https://github.com/actions/toolkit/issues/1165
    convertPullRequestToDraft: onPull([PULLS, CONTENTS], (pull, repository) => {
      if (!repository.settings.draftsSupported)
        throw failure('UNPROCESSABLE', 'Draft pull requests are not supported in this repository.')
      pull.draft = true
      pull.autoMerge = undefined
    }),
    markPullRequestReadyForReview: onPull([PULLS, CONTENTS], pull => {
      pull.draft = false
    })
  }
}

interface CommitInput {
  branch: { id?: string; repositoryNameWithOwner?: string; branchName?: string }
  expectedHeadOid: string
  message: { headline: string; body?: string }
  fileChanges?: { additions?: { path: string; contents: string }[]; deletions?: { path: string }[] }
}

/** https://docs.github.com/graphql/reference/mutations#createcommitonbranch */
async function createCommitOnBranch(context: GraphqlContext, input: CommitInput) {
  const { repository, ref } = await findBranch(context, input.branch)
  permit(context, repository, CONTENTS)
  const { expectedHeadOid: expected, message } = input
  const { additions = [], deletions = [] } = input.fileChanges ?? {}
  const stale = () =>
    failure('STALE_DATA', `Expected branch to point to "${expected}" but it did not.  Pull and try again.`)
  const head = await repository.git.ref(ref)
  if (head !== expected) throw stale()
  const files = new Set(
    (await repository.git.tree(head, true)).filter(({ type }) => type === 'blob').map(({ path }) => path)
  )
  for (const { path } of deletions) {
    if (!files.has(path)) {
      throw failure(
        'UNPROCESSABLE',
        `A path was requested for deletion which does not exist as of commit oid \`${head}\``
      )
    }
  }
  for (const { path, contents } of additions) {
    if (path === '' || path.startsWith('/') || path.split('/').includes('.git'))
      throw failure('UNPROCESSABLE', `A path was requested which is not valid: ${path}`)
    if (!isBase64(contents)) throw failure('UNPROCESSABLE', `The contents of ${path} are not valid Base64`)
  }
  const changes: Change[] = [
    ...deletions.map(({ path }) => ({ path, oid: null })),
    ...additions.map(({ path, contents }) => ({ path, content: Buffer.from(contents, 'base64') }))
  ]
  const user = context.token?.user ?? makeUser('ghost')
  const oid = await repository.git.writeCommit({
    tree: await repository.git.writeTree(head, changes),
    parents: [head],
    message:
      message.body === undefined || message.body === '' ? message.headline : `${message.headline}\n\n${message.body}`,
    author: { name: user.login, email: user.email },
    committer: BYPASS
  })
  repository.markVerified(oid)
  if (!(await repository.moveRef(ref, oid, head))) throw stale()
  return { repository, ref, oid }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

async function findBranch(context: GraphqlContext, branch: CommitInput['branch']) {
  if (branch.id !== undefined) return findRef(context, branch.id)
  const repository = findRepository(context, branch.repositoryNameWithOwner ?? '')
  const name = branch.branchName ?? ''
  const ref = name.startsWith('refs/heads/') ? name : `refs/heads/${name}`
  if ((await repository.git.ref(ref)) === undefined)
    throw failure('NOT_FOUND', `No ref was found for branch name '${name}'`)
  return { repository, ref }
}

function findRepository({ repositories, token }: GraphqlContext, fullName: string): Repository {
  const repository = repositories.find(known => known.fullName.toLowerCase() === fullName.toLowerCase())
  const hidden = () => failure('NOT_FOUND', `Could not resolve to a Repository with the name '${fullName}'.`)
  if (repository === undefined) throw hidden()
  try {
    authorize(token, repository, [
      ['contents', 'read'],
      ['pull-requests', 'read']
    ])
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) throw hidden()
    throw forbidden(error)
  }
  return repository
}

function permit({ token }: GraphqlContext, repository: Repository, needed: Needed): void {
  try {
    authorize(token, repository, needed)
  } catch (error) {
    throw forbidden(error)
  }
}

function forbidden(error: unknown): unknown {
  return error instanceof Refusal ? failure('FORBIDDEN', error.message) : error
}

function findPull({ repositories }: GraphqlContext, id: string): { repository: Repository; pull: PullRequest } {
  for (const repository of repositories) {
    const pull = repository.pullRequests.find(({ nodeId: known }) => known === id)
    if (pull) return { repository, pull }
  }
  throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}

async function findRef(
  { repositories }: GraphqlContext,
  id: string
): Promise<{ repository: Repository; ref: string; old: string }> {
  for (const repository of repositories) {
    for (const [ref, old] of await repository.git.refs())
      if (nodeId('REF', repository.id, ref) === id) return { repository, ref, old }
  }
  throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}
