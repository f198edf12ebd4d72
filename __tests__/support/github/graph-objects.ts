/** How the GraphQL API shows things; what is costly is a function, run where it is asked for. */
import type { Repository } from './repository.ts'
import type { PullRequest } from './pull-request.ts'
import { nodeId, repositoryNodeId } from './representations.ts'
import type { Bases } from './representations.ts'
import type { Node } from './schema.ts'
import type { User } from './tokens.ts'

interface Page {
  first?: number | null
  last?: number | null
  after?: string | null
}

export class GraphObjects {
  readonly #bases: Bases

  constructor(bases: Bases) {
    this.#bases = bases
  }

  user({ login, id, type }: User): Node {
    const url = `${this.#bases.web}/${login}`
    return { __typename: type, id: nodeId('U', id), databaseId: id, login, url, resourcePath: `/${login}` }
  }

  repository(repository: Repository): Node {
    const { git, name, fullName } = repository
    return {
      __typename: 'Repository',
      id: repositoryNodeId(repository),
      databaseId: repository.id,
      name,
      nameWithOwner: fullName,
      owner: this.user(repository.ownerUser),
      url: `${this.#bases.web}/${fullName}`,
      isPrivate: repository.private,
      isFork: false,
      isArchived: false,
      visibility: repository.private ? 'PRIVATE' : 'PUBLIC',
      viewerPermission: 'WRITE',
      autoMergeAllowed: repository.settings.allowAutoMerge,
      defaultBranchRef: async () => this.#refOrNull(repository, `refs/heads/${repository.defaultBranch}`),
      ref: async ({ qualifiedName }: { qualifiedName: string }) => {
        const names = [
          qualifiedName,
          `refs/${qualifiedName}`,
          `refs/heads/${qualifiedName}`,
          `refs/tags/${qualifiedName}`
        ]
        for (const ref of names) {
          const found = await this.#refOrNull(repository, ref)
          if (found !== null) return found
        }
        return null
      },
      refs: async ({ refPrefix, ...page }: Page & { refPrefix: string }) => {
        const refs = [...(await git.refs())].filter(([ref]) => ref.startsWith(refPrefix))
        return connection(
          'RefConnection',
          refs.map(([ref, oid]) => this.ref(repository, ref, oid)),
          page
        )
      },
      object: async ({ oid, expression }: { oid?: string; expression?: string }) => {
        const found = await git.resolve(oid ?? expression ?? '')
        return found === undefined ? null : this.object(repository, found)
      },
      pullRequest: ({ number }: { number: number }) => {
        const pull = repository.pullRequest(number)
        return pull ? this.pullRequest(repository, pull) : null
      },
      pullRequests: (args: Page & PullFilter) => {
        const pulls = selectPulls(repository.pullRequests, args)
        return connection(
          'PullRequestConnection',
          pulls.map(pull => this.pullRequest(repository, pull)),
          args
        )
      },
      label: ({ name: label }: { name: string }) => {
        const found = repository.labels.get(label)
        return found ? { __typename: 'Label', ...found, id: nodeId('LA', found.id) } : null
      }
    }
  }

  async #refOrNull(repository: Repository, ref: string): Promise<Node | null> {
    const oid = await repository.git.ref(ref)
    return oid === undefined ? null : this.ref(repository, ref, oid)
  }

  ref(repository: Repository, ref: string, oid: string): Node {
    const [, prefix = '', name = ''] = /^(refs\/[^/]+\/)(.*)$/.exec(ref) ?? []
    return {
      __typename: 'Ref',
      id: nodeId('REF', repository.id, ref),
      name,
      prefix,
      repository: () => this.repository(repository),
      target: async () => this.object(repository, oid),
      associatedPullRequests: (args: Page & PullFilter) => {
        const pulls = selectPulls(
          repository.pullRequests.filter(pull => pull.head === name),
          args
        )
        return connection(
          'PullRequestConnection',
          pulls.map(pull => this.pullRequest(repository, pull)),
          args
        )
      }
    }
  }

  async object(repository: Repository, oid: string): Promise<Node> {
    const type = await repository.git.typeOf(oid)
    if (type === 'commit') return this.commit(repository, oid)
    if (type === 'tree') return this.#tree(repository, oid)
    if (type === 'blob') return this.#blob(repository, oid)
    return { __typename: 'Tag', ...this.#gitObject(repository, oid, 'tag') }
  }

  #gitObject(repository: Repository, oid: string, kind: string) {
    const path = `/${repository.fullName}/${kind}/${oid}`
    return {
      id: nodeId(kind.charAt(0).toUpperCase(), repository.id, oid),
      oid,
      abbreviatedOid: oid.slice(0, 7),
      commitUrl: this.#bases.web + path,
      commitResourcePath: path,
      repository: () => this.repository(repository)
    }
  }

  async commit(repository: Repository, oid: string): Promise<Node> {
    const { git } = repository
    const commit = await git.commit(oid)
    const [headline = '', ...rest] = commit.message.split('\n')
    const person = ({ name, email, date }: { name: string; email: string; date: string }) => ({
      __typename: 'GitActor',
      name,
      email,
      date
    })
    const isValid = repository.isVerified(oid)
    const signature = {
      __typename: 'GpgSignature',
      isValid,
      wasSignedByGitHub: isValid,
      state: 'VALID',
      email: commit.committer.email
    }
    const path = `/${repository.fullName}/commit/${oid}`
    return {
      __typename: 'Commit',
      ...this.#gitObject(repository, oid, 'commit'),
      url: this.#bases.web + path,
      resourcePath: path,
      message: commit.message,
      messageHeadline: headline,
      messageBody: rest.join('\n').trim(),
      author: person(commit.author),
      committer: person(commit.committer),
      authoredDate: commit.author.date,
      committedDate: commit.committer.date,
      committedViaWeb: isValid,
      signature: isValid ? signature : null,
      tree: () => this.#tree(repository, commit.tree),
      file: async ({ path: file }: { path: string }) => this.#file(repository, oid, file),
      parents: async (page: Page) =>
        connection(
          'CommitConnection',
          await Promise.all(commit.parents.map(parent => this.commit(repository, parent))),
          page
        ),
      history: async (page: Page) => {
        const log = await git.log(oid)
        return connection(
          'CommitHistoryConnection',
          log.map(id => () => this.commit(repository, id)),
          page
        )
      }
    }
  }

  async #file(repository: Repository, commit: string, path: string): Promise<Node | null> {
    const parent = await repository.git.resolve(`${commit}:${path.split('/').slice(0, -1).join('/')}`, 'tree')
    if (parent === undefined) return null
    return (await this.#entries(repository, parent)).find(({ name }) => name === path.split('/').at(-1)) ?? null
  }

  #tree(repository: Repository, oid: string): Node {
    return {
      __typename: 'Tree',
      ...this.#gitObject(repository, oid, 'tree'),
      entries: () => this.#entries(repository, oid)
    }
  }

  async #entries(repository: Repository, tree: string): Promise<Node[]> {
    return (await repository.git.tree(tree)).map(({ mode, type, oid, size, path }) => ({
      __typename: 'TreeEntry',
      mode: parseInt(mode, 8),
      type,
      oid,
      name: path,
      path,
      size: size ?? 0,
      object: type === 'commit' ? null : () => this.object(repository, oid)
    }))
  }

  async #blob(repository: Repository, oid: string): Promise<Node> {
    const content = await repository.git.blob(oid)
    const isBinary = content.includes(0)
    return {
      __typename: 'Blob',
      ...this.#gitObject(repository, oid, 'blob'),
      byteSize: content.length,
      isBinary,
      isTruncated: content.length > TEXT_BYTES,
      text: isBinary ? null : content.subarray(0, TEXT_BYTES).toString()
    }
  }

  pullRequest(repository: Repository, pull: PullRequest): Node {
    const path = `/${repository.fullName}/pull/${pull.number}`
    const { labels } = pull
    return {
      __typename: 'PullRequest',
      id: pull.nodeId,
      databaseId: pull.id,
      fullDatabaseId: String(pull.id),
      number: pull.number,
      url: this.#bases.web + path,
      resourcePath: path,
      title: pull.title,
      body: pull.body ?? '',
      state: pull.merged ? 'MERGED' : pull.state.toUpperCase(),
      closed: pull.state === 'closed',
      merged: pull.merged,
      isDraft: pull.draft,
      isCrossRepository: false,
      author: this.user(pull.user),
      createdAt: pull.createdAt,
      updatedAt: pull.updatedAt,
      closedAt: pull.closedAt,
      mergedAt: pull.mergedAt,
      headRefName: pull.head,
      headRefOid: pull.headOid,
      baseRefName: pull.base,
      baseRefOid: pull.baseOid,
      headRef: () => this.#refOrNull(repository, `refs/heads/${pull.head}`),
      baseRef: () => this.#refOrNull(repository, `refs/heads/${pull.base}`),
      headRepository: () => this.repository(repository),
      headRepositoryOwner: this.user(repository.ownerUser),
      repository: () => this.repository(repository),
      mergeable: pull.state === 'open' ? 'MERGEABLE' : 'UNKNOWN',
      mergeStateStatus: repository.settings.requiresChecks ? 'BLOCKED' : 'CLEAN',
      autoMergeRequest: pull.autoMerge
        ? {
            __typename: 'AutoMergeRequest',
            enabledAt: pull.autoMerge.at,
            enabledBy: this.user(pull.autoMerge.by),
            mergeMethod: pull.autoMerge.method.toUpperCase()
          }
        : null,
      labels: (page: Page) => {
        const nodes = labels.map(name => ({
          __typename: 'Label',
          ...repository.label(name),
          id: nodeId('LA', repository.label(name).id)
        }))
        return connection('LabelConnection', nodes, page)
      }
    }
  }
}

/** Longer texts are cut. */
const TEXT_BYTES = 512 * 1024

interface PullFilter {
  states?: string[] | null
  headRefName?: string | null
  baseRefName?: string | null
  labels?: string[] | null
  orderBy?: { field: string; direction: string } | null
}

function selectPulls(
  pulls: readonly PullRequest[],
  { states, headRefName, baseRefName, labels, orderBy }: PullFilter
): PullRequest[] {
  const found = pulls
    .filter(({ merged, state }) => !states || states.includes(merged ? 'MERGED' : state.toUpperCase()))
    .filter(({ head }) => typeof headRefName !== 'string' || head === headRefName)
    .filter(({ base }) => typeof baseRefName !== 'string' || base === baseRefName)
    .filter(pull => !labels || labels.some(label => pull.labels.includes(label)))
  if (orderBy?.field === 'UPDATED_AT') found.sort((a, b) => a.updatedAt.localeCompare(b.updatedAt))
  return orderBy?.direction === 'DESC' ? found.reverse() : found
}

/** One page of a list. Nodes may be functions, so that only those shown are made. */
function connection(__typename: string, all: readonly (Node | (() => unknown))[], { first, last, after }: Page): Node {
  const from = typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString()) : 0
  const rest = all.slice(from)
  const shown = typeof first === 'number' ? rest.slice(0, first) : typeof last === 'number' ? rest.slice(-last) : rest
  const start = typeof first === 'number' ? from : all.length - shown.length
  const cursor = (index: number) => Buffer.from(String(index)).toString('base64')
  const nodes = () => Promise.all(shown.map(node => (typeof node === 'function' ? node() : node)))
  return {
    __typename,
    nodes,
    edges: async () => (await nodes()).map((node, i) => ({ __typename: 'Edge', node, cursor: cursor(start + i + 1) })),
    totalCount: all.length,
    pageInfo: {
      __typename: 'PageInfo',
      hasNextPage: start + shown.length < all.length,
      hasPreviousPage: start > 0,
      startCursor: shown.length > 0 ? cursor(start + 1) : null,
      endCursor: shown.length > 0 ? cursor(start + shown.length) : null
    }
  }
}
