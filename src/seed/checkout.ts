/** Whether the tree that is built is the one that a certificate will speak of. */
import type { Builder } from '../attest/builder.ts'
import { SeedError } from '../errors.ts'
import type { Flake } from '../nix/flake.ts'

type Tree = Pick<Flake, 'type' | 'url' | 'rev' | 'dirtyRev'>

/** The commit that a tree is, as Git knows it: what a reference to a plain folder says of that is anybody's word. */
export function commitOf({ type, rev }: Pick<Flake, 'type' | 'rev'>): string | undefined {
  return type === 'path' ? undefined : rev
}

/**
 * A certificate names a commit, and everybody will take the image for one of that commit. A plain folder has none: Nix
 * makes one of a checkout where there is no Git, as in many containers. So it passes, and is told from a commit.
 *
 * @param source as the identity token has it; absent where it names none
 * @returns what is left open, for a warning
 * @throws SeedError USAGE where something else would be built than the certificate says
 */
export function checkCheckout(tree: Tree, source: Builder['source']): string | undefined {
  const { type, url, dirtyRev } = tree
  const commit = commitOf(tree)
  if (dirtyRev !== undefined || (type === 'git' && commit === undefined)) {
    throw refusal(
      url,
      'the flake has changes that are not committed, so no commit could be named for what is built',
      'Commit them or undo them before this step: "git status" shows them. Files that Git does not track do no harm.'
    )
  }
  if (source === undefined) return undefined
  const [repository, origin] = [placeOf(source.uri), originOf(url)]
  if (origin !== undefined && origin !== repository) {
    throw refusal(
      url,
      `the flake is from ${origin}, and the job that signs is of ${repository}`,
      'A job signs for its own repository: run it there, on the checkout of the job.'
    )
  }
  if (commit === undefined && type !== 'path') {
    throw refusal(
      url,
      `the flake names no commit, and the job that signs is of ${source.commit}`,
      'Name the flake in the checkout of the job, which is a Git tree.'
    )
  }
  if (commit !== undefined && commit !== source.commit) {
    throw refusal(
      url,
      `the flake is at commit ${commit}, and the job that signs is of ${source.commit}`,
      "Check out the commit that the job is run for (actions/checkout does so without the input ref), or have a job run for the flake's."
    )
  }
  if (commit !== undefined) return undefined
  return (
    `the flake is in a folder that Nix knows no commit of, so nobody has compared it with ${source.commit}, which is ` +
    'signed for: the statement has the hash of the tree. Install Git in the job to have it compared'
  )
}

function refusal(resource: string, message: string, hint: string): SeedError {
  return new SeedError('USAGE', message, { resource, hint })
}

/** `host/owner/name` of the repository that a flake was fetched from, where its reference tells. */
function originOf(url: string): string | undefined {
  const [, forge, owner = '', name = '', query = ''] =
    /^(github|gitlab):([^/?#]+)\/([^/?#]+)[^?#]*(?:\?([^#]*))?/.exec(url) ?? []
  if (forge !== undefined) {
    const host = new URLSearchParams(query).get('host') ?? `${forge}.com`
    // Groups in groups: their slashes are written as %2F.
    return placeOf(`https://${host}/${decode(owner)}/${decode(name)}`)
  }
  // By SSH, hosts have other names.
  return /^git\+https?:/.test(url) ? placeOf(url) : undefined
}

/** @param uri `git+https://host/owner/name@ref` */
function placeOf(uri: string): string {
  const [, place = ''] = /^(?:git\+)?https?:\/\/(?:[^/@]*@)?([^?#@]*)/.exec(uri) ?? []
  return place
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLowerCase()
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
