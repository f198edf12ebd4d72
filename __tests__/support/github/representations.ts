/** How the REST API shows things. https://docs.github.com/rest */
import type { Commit } from './git.ts'
import type { Comment, Label, PullRequest } from './pull-request.ts'
import type { Repository } from './repository.ts'
import { makeUser } from './tokens.ts'
import type { User } from './tokens.ts'

/** Where things are said to be. */
export interface Bases {
  /** `https://api.github.com` or `https://HOST/api/v3`. */
  api: string
  /** `https://github.com`. */
  web: string
}

type Json = Record<string, unknown>

export function showUser({ api, web }: Bases, { login, id, type }: User): Json {
  const url = `${api}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `${web}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${web}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false
  }
}

export function nodeId(prefix: string, ...parts: (string | number)[]): string {
  return `${prefix}_${Buffer.from(parts.join(':')).toString('base64url')}`
}

export function repositoryNodeId(repository: Repository): string {
  return nodeId('R', repository.id)
}

/** Name of the field without `_url`, and what comes after the repository's own URL. */
const REPOSITORY_URLS: Readonly<Record<string, string>> = {
  archive: '/{archive_format}{/ref}',
  assignees: '/assignees{/user}',
  blobs: '/git/blobs{/sha}',
  branches: '/branches{/branch}',
  collaborators: '/collaborators{/collaborator}',
  comments: '/comments{/number}',
  commits: '/commits{/sha}',
  compare: '/compare/{base}...{head}',
  contents: '/contents/{+path}',
  contributors: '/contributors',
  deployments: '/deployments',
  downloads: '/downloads',
  events: '/events',
  forks: '/forks',
  git_commits: '/git/commits{/sha}',
  git_refs: '/git/refs{/sha}',
  git_tags: '/git/tags{/sha}',
  hooks: '/hooks',
  issue_comment: '/issues/comments{/number}',
  issue_events: '/issues/events{/number}',
  issues: '/issues{/number}',
  keys: '/keys{/key_id}',
  labels: '/labels{/name}',
  languages: '/languages',
  merges: '/merges',
  milestones: '/milestones{/number}',
  notifications: '/notifications{?since,all,participating}',
  pulls: '/pulls{/number}',
  releases: '/releases{/id}',
  stargazers: '/stargazers',
  statuses: '/statuses/{sha}',
  subscribers: '/subscribers',
  subscription: '/subscription',
  tags: '/tags',
  teams: '/teams',
  trees: '/git/trees{/sha}'
}

export function showRepository(bases: Bases, repository: Repository): Json {
  const { fullName, createdAt } = repository
  const url = `${bases.api}/repos/${fullName}`
  const web = `${bases.web}/${fullName}`
  const host = new URL(bases.web).host
  const openIssues = repository.pullRequests.filter(({ state }) => state === 'open').length
  return {
    id: repository.id,
    node_id: repositoryNodeId(repository),
    name: repository.name,
    full_name: fullName,
    owner: showUser(bases, repository.ownerUser),
    private: repository.private,
    html_url: web,
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(REPOSITORY_URLS).map(([name, path]) => [`${name}_url`, url + path])),
    git_url: `git://${host}/${fullName}.git`,
    ssh_url: `git@${host}:${fullName}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues: openIssues,
    open_issues_count: openIssues,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: createdAt,
    created_at: createdAt,
    updated_at: createdAt
  }
}

export function showFullRepository(bases: Bases, repository: Repository): Json {
  return {
    ...showRepository(bases, repository),
    allow_auto_merge: repository.settings.allowAutoMerge,
    network_count: 0,
    subscribers_count: 0
  }
}

export function showRef(bases: Bases, repository: Repository, ref: string, oid: string, type: string): Json {
  const url = `${bases.api}/repos/${repository.fullName}/git`
  const object = { sha: oid, type, url: `${url}/${type}s/${oid}` }
  return { ref, node_id: nodeId('REF', repository.id, ref), url: `${url}/${ref}`, object }
}

function showVerification(repository: Repository, { oid, committer }: Commit): Json {
  if (!repository.isVerified(oid)) {
    return { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }
  }
  const signature = '-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n'
  return { verified: true, reason: 'valid', signature, payload: `tree of ${oid}\n`, verified_at: committer.date }
}

/** As `/git/commits` does. */
export function showGitCommit(bases: Bases, repository: Repository, commit: Commit): Json {
  const url = `${bases.api}/repos/${repository.fullName}/git`
  const html = `${bases.web}/${repository.fullName}/commit`
  const { oid, tree, parents, author, committer, message } = commit
  return {
    sha: oid,
    node_id: nodeId('C', repository.id, oid),
    url: `${url}/commits/${oid}`,
    html_url: `${html}/${oid}`,
    author,
    committer,
    message,
    tree: { sha: tree, url: `${url}/trees/${tree}` },
    parents: parents.map(sha => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/${sha}` })),
    verification: showVerification(repository, commit)
  }
}

/** As `/commits` does. */
export function showCommit(bases: Bases, repository: Repository, commit: Commit): Json {
  const url = `${bases.api}/repos/${repository.fullName}`
  const html = `${bases.web}/${repository.fullName}/commit`
  const { oid, tree, parents, author, committer, message } = commit
  const account = ({ email }: { email: string }) => {
    const login = /^\d+\+(.+)@users\.noreply\.github\.com$/.exec(email)?.[1]
    return login === undefined ? null : showUser(bases, makeUser(login))
  }
  return {
    sha: oid,
    node_id: nodeId('C', repository.id, oid),
    url: `${url}/commits/${oid}`,
    html_url: `${html}/${oid}`,
    comments_url: `${url}/commits/${oid}/comments`,
    commit: {
      url: `${url}/git/commits/${oid}`,
      author,
      committer,
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${url}/git/trees/${tree}` },
      verification: showVerification(repository, commit)
    },
    author: account(author),
    committer: account(committer),
    parents: parents.map(sha => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/${sha}` }))
  }
}

export function showLabel(bases: Bases, repository: Repository, { id, name, color, description }: Label): Json {
  const url = `${bases.api}/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`
  return { id, node_id: nodeId('LA', id), url, name, color, description, default: false }
}

export function showComment(bases: Bases, repository: Repository, pull: PullRequest, comment: Comment): Json {
  const issue = `${bases.api}/repos/${repository.fullName}/issues`
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: `${issue}/comments/${comment.id}`,
    html_url: `${bases.web}/${repository.fullName}/pull/${pull.number}#issuecomment-${comment.id}`,
    issue_url: `${issue}/${pull.number}`,
    body: comment.body,
    user: showUser(bases, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: 'CONTRIBUTOR'
  }
}

/** As lists of pull requests do. */
export function showPullRequest(bases: Bases, repository: Repository, pull: PullRequest): Json {
  const { api, web } = bases
  const repo = `${api}/repos/${repository.fullName}`
  const url = `${repo}/pulls/${pull.number}`
  const issue = `${repo}/issues/${pull.number}`
  const html = `${web}/${repository.fullName}/pull/${pull.number}`
  const urls = {
    html,
    issue,
    comments: `${issue}/comments`,
    commits: `${url}/commits`,
    review_comments: `${url}/comments`,
    review_comment: `${repo}/pulls/comments{/number}`,
    statuses: `${repo}/statuses/${pull.headOid}`
  }
  const side = (ref: string, sha: string) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: showUser(bases, repository.ownerUser),
    repo: showRepository(bases, repository)
  })
  return {
    id: pull.id,
    node_id: pull.nodeId,
    number: pull.number,
    url,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    ...Object.fromEntries(Object.entries(urls).map(([name, value]) => [`${name}_url`, value])),
    state: pull.state,
    locked: false,
    title: pull.title,
    user: showUser(bases, pull.user),
    body: pull.body,
    labels: pull.labels.map(name => showLabel(bases, repository, repository.label(name))),
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeOid ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.reviewers.map(login => showUser(bases, makeUser(login))),
    requested_teams: pull.teamReviewers.map(slug => ({ ...showTeam(bases, repository, slug), parent: null })),
    head: side(pull.head, pull.headOid),
    base: side(pull.base, pull.baseOid),
    _links: Object.fromEntries([...Object.entries(urls), ['self', url]].map(([name, href]) => [name, { href }])),
    author_association: 'CONTRIBUTOR',
    auto_merge: pull.autoMerge
      ? {
          enabled_by: showUser(bases, pull.autoMerge.by),
          merge_method: pull.autoMerge.method,
          commit_title: pull.title,
          commit_message: pull.body ?? ''
        }
      : null,
    draft: pull.draft
  }
}

/** As `/pulls/{pull_number}` does. */
export async function showFullPullRequest(bases: Bases, repository: Repository, pull: PullRequest): Promise<Json> {
  const { git } = repository
  const isOpen = pull.state === 'open'
  const [stat, merged, log] = await Promise.all([
    git.diffStat(pull.baseOid, pull.headOid),
    isOpen ? git.mergeTree(pull.baseOid, pull.headOid) : undefined,
    git.log(pull.headOid, pull.baseOid)
  ])
  return {
    ...showPullRequest(bases, repository, pull),
    requested_teams: pull.teamReviewers.map(slug => showTeam(bases, repository, slug)),
    merged: pull.merged,
    mergeable: isOpen ? merged !== undefined : null,
    rebaseable: isOpen ? true : null,
    mergeable_state: isOpen ? (repository.settings.requiresChecks ? 'blocked' : 'clean') : 'unknown',
    merged_by: pull.mergedBy ? showUser(bases, pull.mergedBy) : null,
    comments: pull.comments.length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: log.length,
    additions: stat.additions,
    deletions: stat.deletions,
    changed_files: stat.files
  }
}

function showTeam({ api, web }: Bases, repository: Repository, slug: string): Json {
  const url = `${api}/organizations/${repository.ownerUser.id}/team/${slug}`
  return {
    id: 1,
    node_id: nodeId('T', slug),
    url,
    html_url: `${web}/orgs/${repository.owner}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    name: slug,
    slug,
    description: null,
    permission: 'pull',
    privacy: 'closed',
    type: 'organization'
  }
}
