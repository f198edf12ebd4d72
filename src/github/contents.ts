import { createHash } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'

/** More than any lock file has; it is held in memory. */
const MAX_FILE_BYTES = 32 * 1024 * 1024

interface Content {
  type: string
  size: number
  sha: string
  encoding?: string
  content?: string
}

/**
 * One file of a repository, as the bytes that it has there.
 *
 * Asked for as JSON with base64: Octokit decodes raw text, which loses a byte order mark and whatever is no UTF-8.
 * https://docs.github.com/en/rest/repos/contents#get-repository-content
 *
 * @param ref a commit, branch or tag
 * @returns undefined if there is no such file, or no such ref or repository that the token can see
 * @throws SeedError CONTENT_INVALID if it is no file or its bytes do not match its hash; those of `GitHub.request`
 */
export async function readRepositoryFile(
  github: GitHub,
  { owner, name: repo }: RepositoryName,
  path: string,
  ref: string
): Promise<Buffer | undefined> {
  const resource = `${owner}/${repo}: ${path} at ${ref}`
  const context: RequestContext = { doing: `reading ${path}`, permission: 'contents: read', resource }
  const route = 'GET /repos/{owner}/{repo}/contents/{path}'
  const found = await github.request<Content | unknown[]>(
    route,
    { owner, repo, path, ref },
    { ...context, notFound: 'undefined' }
  )
  if (found === undefined) return undefined
  const fail = (what: string): SeedError => new SeedError('CONTENT_INVALID', `${path} ${what}`, { resource })
  if (Array.isArray(found)) throw fail('is a folder and no file')
  if (found.type !== 'file') throw fail(`is a ${found.type} and no file`)
  if (!(found.size <= MAX_FILE_BYTES)) throw fail(`has more than ${MAX_FILE_BYTES} bytes`)
  // Above 1 MB the answer has no content.
  const { content = '' } =
    found.encoding === 'base64'
      ? found
      : await github.request<Content>(
          'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
          { owner, repo, file_sha: found.sha },
          context
        )
  const bytes = Buffer.from(content, 'base64')
  if (blobId(bytes, found.sha.length) !== found.sha) throw fail('did not arrive as it is in the repository')
  return bytes
}

/**
 * The name that git gives a file's content. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 *
 * @param digits of the repository's object names: 40, or 64 with SHA-256
 */
export function blobId(bytes: Uint8Array, digits = 40): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}
