/** A repository of the forge: Git, pull requests, settings, and what follows for the ones from a change of the other. */
import { GitFolder } from './git.ts'
import type { Change, Identity } from './git.ts'
import type { Label, MergeMethod, PullRequest } from './pull-request.ts'
import { makeUser } from './tokens.ts'
import type { User } from './tokens.ts'

export interface RepositoryOptions {
  private?: boolean
  defaultBranch?: string
  /** The first commit of the default branch. */
  files?: Readonly<Record<string, string>>
}

/** What an owner can set, and what a test changes as it goes. */
export interface Settings {
  /** "Allow GitHub Actions to create and approve pull requests", of the repository or its organisation. */
  actionsMayOpenPullRequests: boolean
  allowAutoMerge: boolean
  /** Whether the default branch has required checks: a pull request that could be merged at once takes no auto-merge. */
  requiresChecks: boolean
  /** Private repositories of some plans have no drafts. */
  draftsSupported: boolean
  deleteBranchOnMerge: boolean
  /** Who can be asked for a review. */
  collaborators: Set<string>
  teams: Set<string>
}

const TESTER: Identity = { name: 'Test', email: 'test@localhost' }
let repositories = 0

export class Repository {
  readonly owner: string
  readonly name: string
  readonly id: number
  readonly private: boolean
  readonly defaultBranch: string
  readonly git: GitFolder
  readonly pullRequests: PullRequest[] = []
  readonly labels = new Map<string, Label>()
  readonly settings: Settings = {
    actionsMayOpenPullRequests: true,
    allowAutoMerge: true,
    requiresChecks: true,
    draftsSupported: true,
    deleteBranchOnMerge: false,
    collaborators: new Set(['octocat', 'hubot']),
    teams: new Set(['maintainers'])
  }
  readonly createdAt = new Date().toISOString()
  readonly #verified = new Set<string>()
  #ids = 0

  private constructor(fullName: string, git: GitFolder, options: RepositoryOptions) {
    const [owner = '', name = ''] = fullName.split('/')
    this.owner = owner
    this.name = name
    this.id = 700_000 + ++repositories
    this.private = options.private ?? false
    this.defaultBranch = options.defaultBranch ?? 'main'
    this.git = git
  }

  static async make(fullName: string, options: RepositoryOptions = {}): Promise<Repository> {
    const git = await GitFolder.make(options.defaultBranch ?? 'main')
    const repository = new Repository(fullName, git, options)
    if (options.files) await repository.commit(repository.defaultBranch, options.files, 'Start')
    return repository
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`
  }

  /** The bare repository on disk, which can be cloned from. */
  get folder(): string {
    return this.git.path
  }

  get ownerUser(): User {
    return { ...makeUser(this.owner), type: 'Organization' }
  }

  nextId(): number {
    return this.id * 1000 + ++this.#ids
  }

  // What tests use.

  /** Commits `files` (null removes one) to `branch`, which is made if it is not there; the id of the commit. */
  async commit(
    branch: string,
    files: Readonly<Record<string, string | Buffer | null>>,
    message = 'Change'
  ): Promise<string> {
    const changes = Object.entries(files).map(([path, content]): Change =>
      content === null ? { path, oid: null } : { path, content }
    )
    for (let attempt = 0; attempt < 10; attempt++) {
      const old = await this.head(branch)
      // A new branch starts at the default branch.
      const parent = old ?? (await this.head(this.defaultBranch))
      const tree = await this.git.writeTree(parent, changes)
      const parents = parent === undefined ? [] : [parent]
      const oid = await this.git.writeCommit({ tree, parents, message, author: TESTER, committer: TESTER })
      if (await this.moveRef(`refs/heads/${branch}`, oid, old)) return oid
    }
    throw new Error(`${branch} does not hold still`)
  }

  /** The text of a file of `branch`; undefined if it is not there. */
  async read(branch: string, path: string): Promise<string | undefined> {
    const oid = await this.git.resolve(`refs/heads/${branch}:${path}`, 'blob')
    return oid === undefined ? undefined : (await this.git.blob(oid)).toString()
  }

  async head(branch: string): Promise<string | undefined> {
    return this.git.resolve(`refs/heads/${branch}`, 'commit')
  }

  async branches(): Promise<string[]> {
    const names = [...(await this.git.refs()).keys()].filter(name => name.startsWith('refs/heads/'))
    return names.map(name => name.slice('refs/heads/'.length))
  }

  /** Ids of the commits of `branch`, newest first. */
  async log(branch: string): Promise<string[]> {
    return this.git.log(`refs/heads/${branch}`)
  }

  async setBranch(branch: string, oid: string | undefined): Promise<void> {
    const old = await this.head(branch)
    if (!(await this.moveRef(`refs/heads/${branch}`, oid, old))) throw new Error(`${branch} was not moved`)
  }

  pullRequest(number: number): PullRequest | undefined {
    return this.pullRequests.find(pull => pull.number === number)
  }

  // What the API and the tests share.

  isVerified(oid: string): boolean {
    return this.#verified.has(oid)
  }

  markVerified(oid: string): void {
    this.#verified.add(oid)
  }

  label(name: string): Label {
    const known = [...this.labels.values()].find(label => label.name.toLowerCase() === name.toLowerCase())
    if (known) return known
    const label = { id: this.nextId(), name, color: 'ededed', description: '' }
    this.labels.set(name, label)
    return label
  }

  /** Moves a ref if it still is at `old`, with what follows for pull requests; false if it is not. */
  async moveRef(ref: string, oid: string | undefined, old: string | undefined): Promise<boolean> {
    if (!(await this.git.moveRef(ref, oid, old))) return false
    if (ref.startsWith('refs/heads/')) await this.#afterMove(ref.slice('refs/heads/'.length), oid)
    return true
  }

  addPullRequest(of: {
    title: string
    body: string | null
    head: string
    base: string
    headOid: string
    baseOid: string
    draft: boolean
    user: User
    maintainerCanModify: boolean
  }): PullRequest {
    const number = Math.max(0, ...this.pullRequests.map(pull => pull.number)) + 1
    const now = new Date().toISOString()
    const pull: PullRequest = {
      ...of,
      number,
      id: this.nextId(),
      nodeId: `PR_${Buffer.from(`${this.id}:${number}`).toString('base64url')}`,
      state: 'open',
      merged: false,
      labels: [],
      reviewers: [],
      teamReviewers: [],
      comments: [],
      autoMerge: undefined,
      mergeOid: undefined,
      mergedBy: undefined,
      createdAt: now,
      updatedAt: now,
      closedAt: null,
      mergedAt: null
    }
    this.pullRequests.push(pull)
    return pull
  }

  /** Merges an open pull request; undefined if its branches contradict each other. */
  async mergePullRequest(
    pull: PullRequest,
    by: User,
    options: { method?: MergeMethod; title?: string; message?: string } = {}
  ): Promise<string | undefined> {
    const { method = 'merge' } = options
    const base = await this.head(pull.base)
    const head = await this.head(pull.head)
    if (base === undefined || head === undefined) return undefined
    const tree = await this.git.mergeTree(base, head)
    if (tree === undefined) return undefined
    const title =
      options.title ??
      (method === 'merge'
        ? `Merge pull request #${pull.number} from ${this.owner}/${pull.head}`
        : `${pull.title} (#${pull.number})`)
    const identity = { name: by.login, email: by.email }
    const parents = method === 'merge' ? [base, head] : [base]
    const message = `${title}\n\n${options.message ?? pull.title}`
    const committer = { name: 'GitHub', email: 'noreply@github.com' }
    const oid = await this.git.writeCommit({ tree, parents, message, author: identity, committer })
    this.markVerified(oid)
    // Before the branch moves: what follows from the move is for the others.
    close(pull, { oid, by })
    pull.headOid = head
    pull.baseOid = base
    if (!(await this.moveRef(`refs/heads/${pull.base}`, oid, base))) throw new Error(`${pull.base} does not hold still`)
    if (this.settings.deleteBranchOnMerge) await this.setBranch(pull.head, undefined)
    return oid
  }

  async close(): Promise<void> {
    await this.git.remove()
  }

  async #afterMove(branch: string, oid: string | undefined): Promise<void> {
    for (const pull of this.pullRequests.filter(({ state }) => state === 'open')) {
      if (pull.head === branch) {
        if (oid === undefined) close(pull)
        else {
          const base = await this.head(pull.base)
          pull.headOid = oid
          pull.updatedAt = new Date().toISOString()
          // Nothing left to merge.
          if (base !== undefined && (await this.git.isAncestor(oid, base))) close(pull)
        }
      } else if (pull.base === branch) {
        if (oid === undefined) close(pull)
        else if (await this.git.isAncestor(pull.headOid, oid)) close(pull, { oid, by: makeUser('octocat') })
        else pull.baseOid = oid
      }
    }
  }
}

function close(pull: PullRequest, merge?: { oid: string; by: User }): void {
  const now = new Date().toISOString()
  pull.state = 'closed'
  pull.closedAt = now
  pull.updatedAt = now
  pull.autoMerge = undefined
  if (!merge) return
  pull.merged = true
  pull.mergedAt = now
  pull.mergeOid = merge.oid
  pull.mergedBy = merge.by
}

export { close as closePullRequest }
