/** Routes of the REST API for what is in a repository: contents, refs and the objects of Git. */
import type { Answer } from './faults.ts'
import type { Change, Identity, TreeEntry } from './git.ts'
import { Refusal, notFound, unprocessable } from './refusal.ts'
import { showCommit, showGitCommit, showRef, nodeId } from './representations.ts'
import { READ_CONTENTS, WRITE_CONTENTS, actor } from './route.ts'
import type { Call, Route } from './route.ts'

const REPO = '/repos/{owner}/{repo}'

export const gitRoutes: readonly Route[] = [
  { method: 'GET', path: `${REPO}/contents/{path}`, needs: READ_CONTENTS, answer: getContents },
  { method: 'GET', path: `${REPO}/branches/{branch}`, needs: READ_CONTENTS, answer: getBranch },
  { method: 'GET', path: `${REPO}/commits/{ref}`, needs: READ_CONTENTS, answer: getCommit },
  { method: 'GET', path: `${REPO}/git/ref/{ref}`, needs: READ_CONTENTS, answer: getRef },
  { method: 'POST', path: `${REPO}/git/refs`, needs: WRITE_CONTENTS, answer: createRef },
  { method: 'PATCH', path: `${REPO}/git/refs/{ref}`, needs: WRITE_CONTENTS, answer: updateRef },
  { method: 'DELETE', path: `${REPO}/git/refs/{ref}`, needs: WRITE_CONTENTS, answer: deleteRef },
  { method: 'GET', path: `${REPO}/git/commits/{commit_sha}`, needs: READ_CONTENTS, answer: getGitCommit },
  { method: 'POST', path: `${REPO}/git/commits`, needs: WRITE_CONTENTS, answer: createCommit },
  { method: 'GET', path: `${REPO}/git/trees/{tree_sha}`, needs: READ_CONTENTS, answer: getTree },
  { method: 'POST', path: `${REPO}/git/trees`, needs: WRITE_CONTENTS, answer: createTree },
  { method: 'GET', path: `${REPO}/git/blobs/{file_sha}`, needs: READ_CONTENTS, answer: getBlob },
  { method: 'POST', path: `${REPO}/git/blobs`, needs: WRITE_CONTENTS, answer: createBlob }
]

/** Files over 1 MB have no content in the JSON form, those over 100 MB none at all. */
const INLINE_BYTES = 1024 * 1024

/** The commit that a branch, tag or id names. */
export async function commitOf({ repository }: Pick<Call, 'repository'>, ref: string): Promise<string | undefined> {
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`]
  if (ref.startsWith('refs/') || ref === 'HEAD') names.push(ref)
  else if (/^(?:heads|tags)\//.test(ref)) names.push(`refs/${ref}`)
  else if (/^[0-9a-f]{7,40}$/.test(ref)) names.unshift(ref)
  for (const name of names) {
    const oid = await repository.git.resolve(name, 'commit')
    if (oid !== undefined) return oid
  }
  return undefined
}

async function getContents(call: Call): Promise<Answer> {
  const { repository, params, query, accept, bases } = call
  const ref = query.ref ?? repository.defaultBranch
  const path = (params.path ?? '').replace(/^\/+|\/+$/g, '')
  const commit = await commitOf(call, ref)
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`)
  const entry = await findEntry(call, commit, path)
  if (entry === undefined) throw notFound()
  const describe = (found: TreeEntry) => {
    const url = `${bases.api}/repos/${repository.fullName}`
    const address = `${url}/contents/${encodeURI(found.path)}?ref=${encodeURIComponent(ref)}`
    const isDirectory = found.type === 'tree'
    const git = `${url}/git/${found.type}s/${found.oid}`
    const html = `${bases.web}/${repository.fullName}/${found.type}/${ref}/${encodeURI(found.path)}`
    const download = isDirectory ? null : `${bases.web}/${repository.fullName}/raw/${ref}/${encodeURI(found.path)}`
    return {
      type: isDirectory ? 'dir' : found.mode === '120000' ? 'symlink' : 'file',
      name: found.path.split('/').at(-1),
      path: found.path,
      sha: found.oid,
      size: found.size ?? 0,
      url: address,
      git_url: git,
      html_url: html,
      download_url: download,
      _links: { self: address, git, html }
    }
  }
  if (entry.type === 'tree') {
    const entries = await repository.git.tree(entry.oid)
    const prefix = path === '' ? '' : `${path}/`
    return { status: 200, json: entries.map(found => describe({ ...found, path: prefix + found.path })) }
  }
  const content = await repository.git.blob(entry.oid)
  if (/application\/vnd\.github(?:\.v3)?\.raw/.test(accept)) {
    return {
      status: 200,
      bytes: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }
    }
  }
  if (entry.mode === '120000') return { status: 200, json: { ...describe(entry), target: content.toString() } }
  const inline = content.length <= INLINE_BYTES
  const encoded = { encoding: inline ? 'base64' : 'none', content: inline ? lines(content) : '' }
  return { status: 200, json: { ...describe(entry), ...encoded } }
}

/** Base64 as the forge writes it: in lines of 60, with an end of line after each. */
function lines(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n')
}

async function findEntry({ repository }: Call, commit: string, path: string): Promise<TreeEntry | undefined> {
  const root = await repository.git.resolve(commit, 'tree')
  if (root === undefined) return undefined
  let entry: TreeEntry | undefined = { mode: '040000', type: 'tree', oid: root, path: '' }
  for (const name of path === '' ? [] : path.split('/')) {
    if (entry.type !== 'tree') return undefined
    const parent: TreeEntry = entry
    entry = (await repository.git.tree(parent.oid)).find(child => child.path === name)
    if (entry === undefined) return undefined
    entry = { ...entry, path: parent.path === '' ? name : `${parent.path}/${name}` }
  }
  return entry
}

async function getBranch({ repository, params, bases }: Call): Promise<Answer> {
  const { branch = '' } = params
  const oid = await repository.head(branch)
  if (oid === undefined) throw new Refusal(404, 'Branch not found')
  const self = `${bases.api}/repos/${repository.fullName}/branches/${branch}`
  const json = {
    name: branch,
    commit: showCommit(bases, repository, await repository.git.commit(oid)),
    _links: { self, html: `${bases.web}/${repository.fullName}/tree/${branch}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`
  }
  return { status: 200, json }
}

async function getCommit(call: Call): Promise<Answer> {
  const { repository, params, accept, bases } = call
  const { ref = '' } = params
  const oid = await commitOf(call, ref)
  if (oid === undefined) throw unprocessable(`No commit found for SHA: ${ref}`)
  if (accept.includes('application/vnd.github.sha')) {
    return { status: 200, bytes: oid, headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' } }
  }
  return { status: 200, json: showCommit(bases, repository, await repository.git.commit(oid)) }
}

async function getRef({ repository, params, bases }: Call): Promise<Answer> {
  const ref = `refs/${params.ref}`
  const oid = await repository.git.ref(ref)
  if (oid === undefined) throw notFound()
  return { status: 200, json: showRef(bases, repository, ref, oid, (await repository.git.typeOf(oid)) ?? '') }
}

async function createRef({ repository, body, bases }: Call): Promise<Answer> {
  const { ref, sha } = body as { ref: string; sha: string }
  if (!/^refs\/.+\/./.test(ref) || !(await repository.git.isRefName(ref))) {
    throw unprocessable(`${ref} is not a valid ref name.`)
  }
  if ((await repository.git.ref(ref)) !== undefined) throw unprocessable('Reference already exists')
  const type = await objectType(repository.git, sha, ref)
  if (!(await repository.moveRef(ref, sha, undefined))) throw unprocessable('Reference already exists')
  return { status: 201, json: showRef(bases, repository, ref, sha, type) }
}

async function updateRef({ repository, params, body, bases }: Call): Promise<Answer> {
  const ref = `refs/${params.ref}`
  const { sha, force = false } = body as { sha: string; force?: boolean }
  const old = await repository.git.ref(ref)
  if (old === undefined) throw unprocessable('Reference does not exist')
  const type = await objectType(repository.git, sha, ref)
  if (!force && !(await repository.git.isAncestor(old, sha))) throw unprocessable('Update is not a fast forward')
  if (!(await repository.moveRef(ref, sha, old))) throw unprocessable('Update is not a fast forward')
  return { status: 200, json: showRef(bases, repository, ref, sha, type) }
}

async function deleteRef({ repository, params }: Call): Promise<Answer> {
  const ref = `refs/${params.ref}`
  const old = await repository.git.ref(ref)
  if (old === undefined) throw unprocessable('Reference does not exist')
  if (ref === `refs/heads/${repository.defaultBranch}`) throw unprocessable('Cannot delete the default branch')
  await repository.moveRef(ref, undefined, old)
  return { status: 204 }
}

/** @throws Refusal for an object that is not there, or is none that a branch can point to */
async function objectType(git: Call['repository']['git'], sha: string, ref: string): Promise<string> {
  const type = /^[0-9a-f]{40}$/.test(sha) ? await git.typeOf(sha) : undefined
  if (type === undefined) throw unprocessable('Object does not exist')
  if (ref.startsWith('refs/heads/') && type !== 'commit') throw unprocessable('Reference update failed')
  return type
}

async function getGitCommit({ repository, params, bases }: Call): Promise<Answer> {
  const { commit_sha: sha = '' } = params
  if ((await repository.git.typeOf(sha)) !== 'commit') throw notFound()
  return { status: 200, json: showGitCommit(bases, repository, await repository.git.commit(sha)) }
}

async function createCommit(call: Call): Promise<Answer> {
  const { repository, body, token, bases } = call
  const { message, tree, parents = [] } = body as { message: string; tree: string; parents?: string[] }
  const { author, committer } = body as { author?: Identity; committer?: Identity }
  if ((await repository.git.typeOf(tree)) !== 'tree') throw unprocessable('Tree SHA does not exist')
  for (const parent of parents) {
    if ((await repository.git.typeOf(parent)) !== 'commit')
      throw unprocessable('Parent SHA does not exist or is not a commit object')
  }
  const user = actor(call)
  const self = author ?? { name: user.login, email: user.email }
  const oid = await repository.git.writeCommit({ tree, parents, message, author: self, committer: committer ?? self })
  // What a bot commits in its own name is signed by the forge.
  if (token?.user.type === 'Bot' && !author && !committer) repository.markVerified(oid)
  return { status: 201, json: showGitCommit(bases, repository, await repository.git.commit(oid)) }
}

async function getTree(call: Call): Promise<Answer> {
  const { repository, params, query, bases } = call
  const { tree_sha: name = '' } = params
  const oid =
    (await repository.git.resolve(name, 'tree')) ??
    (await repository.git.resolve((await commitOf(call, name)) ?? '', 'tree'))
  if (oid === undefined) throw notFound()
  // Whatever the value is, "0" and "false" too.
  return { status: 200, json: await showTree(call, oid, query.recursive !== undefined, bases.api) }
}

async function showTree({ repository }: Call, oid: string, recursive: boolean, api: string) {
  const url = `${api}/repos/${repository.fullName}/git`
  const tree = (await repository.git.tree(oid, recursive)).map(({ mode, type, oid: sha, size, path }) => ({
    path,
    mode,
    type,
    sha,
    ...(size !== undefined && { size }),
    ...(type !== 'commit' && { url: `${url}/${type}s/${sha}` })
  }))
  return { sha: oid, url: `${url}/trees/${oid}`, tree, truncated: false }
}

interface TreeInput {
  path?: string
  mode?: string
  type?: string
  sha?: string | null
  content?: string
}

async function createTree(call: Call): Promise<Answer> {
  const { repository, body, bases } = call
  const { tree, base_tree: base } = body as { tree: TreeInput[]; base_tree?: string }
  const root = base === undefined ? undefined : await repository.git.resolve(base, 'tree')
  if (base !== undefined && root === undefined) throw notFound()
  if (tree.length === 0) throw unprocessable('Invalid tree info')
  const changes: Change[] = []
  for (const { path, mode, sha, content } of tree) {
    if (path === undefined || mode === undefined || (sha === undefined) === (content === undefined)) {
      throw unprocessable('Must supply either tree.sha or tree.content.')
    }
    if (path.startsWith('/') || path.split('/').some(name => ['', '.', '..', '.git'].includes(name))) {
      throw unprocessable('tree.path contains a malformed path component')
    }
    if (content !== undefined) changes.push({ path, mode, content })
    else if (sha === null || sha === undefined) changes.push({ path, oid: null })
    else {
      const type = mode === '040000' ? 'tree' : 'blob'
      if (mode !== '160000' && (await repository.git.typeOf(sha)) !== type) {
        throw unprocessable(`tree.sha ${sha} is not a valid ${type}`)
      }
      changes.push({ path, mode, oid: sha })
    }
  }
  const oid = await repository.git.writeTree(root, changes)
  return { status: 201, json: await showTree(call, oid, false, bases.api) }
}

async function getBlob({ repository, params, accept, bases }: Call): Promise<Answer> {
  const { file_sha: sha = '' } = params
  if ((await repository.git.typeOf(sha)) !== 'blob') throw notFound()
  const content = await repository.git.blob(sha)
  if (/application\/vnd\.github(?:\.v3)?\.raw/.test(accept)) {
    return {
      status: 200,
      bytes: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' }
    }
  }
  const url = `${bases.api}/repos/${repository.fullName}/git/blobs/${sha}`
  const shown = { sha, node_id: nodeId('B', repository.id, sha), size: content.length, url }
  return { status: 200, json: { ...shown, content: lines(content), encoding: 'base64' } }
}

async function createBlob({ repository, body, bases }: Call): Promise<Answer> {
  const { content, encoding = 'utf-8' } = body as { content: string; encoding?: string }
  if (encoding !== 'utf-8' && encoding !== 'base64') throw unprocessable(`Unsupported encoding: ${encoding}`)
  const sha = await repository.git.writeBlob(Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'))
  return { status: 201, json: { sha, url: `${bases.api}/repos/${repository.fullName}/git/blobs/${sha}` } }
}
