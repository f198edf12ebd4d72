/**
 * Edits of a lock file's text. A lock file is reviewed and merged as text, so an edit touches the values it is about and
 * leaves every other byte as it is: order, indentation, line ends, the end of the file.
 */
import { isDeepStrictEqual } from 'node:util'
import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser'
import { SeedError } from '../errors.ts'
import { SEED_INPUT, parseFlakeLock } from './flake-lock.ts'
import { compareText } from './store-path.ts'

/** What changes in a locked node when its branch moves on. */
export interface LockedRevision {
  /** The commit. */
  rev: string
  /** NAR hash of the commit's tree, as SRI. */
  narHash: string
  /** The time of the commit, in seconds since the epoch. */
  lastModified: number
}

/** A branch of a repository on GitHub, or on the GitHub Enterprise Server `host`; `github.com` is the same as none. */
export interface GitHubBranch {
  owner: string
  repo: string
  ref: string
  host?: string
}

type Value = string | number | boolean | { readonly [member: string]: Value }
type Place = readonly string[]
type Edit = readonly [place: Place, member: string, value: Value]

/**
 * Moves the node `node` of a lock file to another revision. `rev`, `narHash` and `lastModified` of its `locked` are
 * replaced, or added in their place in the order where one is missing; all other bytes stay.
 *
 * @param text of the flake.lock
 * @param resource what the text was read from, for the error.
 * @throws SeedError LOCK_INVALID where the text is no lock file, or has no such node.
 */
export function withLockedNode(text: string, node: string, locked: LockedRevision, resource: string): string {
  if (parseFlakeLock(text, resource).nodes[node]?.locked === undefined) {
    throw invalid(`there is no locked node ${JSON.stringify(node)}`, resource)
  }
  const place = ['nodes', node, 'locked']
  const { lastModified, narHash, rev } = locked
  return edited(
    text,
    Object.entries({ lastModified, narHash, rev }).map(([member, value]) => [place, member, value]),
    resource
  )
}

/**
 * Adds the input `seed-self` with a new node to a lock file, just as Nix writes it for a flake.nix that has
 * `seed-self = { url = "github:OWNER/REPO/REF"; flake = false; }`. All other nodes keep their bytes.
 *
 * The node is `seed-self`, or `seed-self_2` and so on where inputs of inputs have taken that name.
 *
 * @throws SeedError LOCK_INVALID where the text is no lock file, or has the input already.
 */
export function withNewSeedNode(text: string, seed: GitHubBranch & LockedRevision, resource: string): string {
  const lock = parseFlakeLock(text, resource)
  if (lock.nodes[lock.root]?.inputs[SEED_INPUT] !== undefined) {
    throw invalid(`it has the input ${SEED_INPUT} already`, resource)
  }
  let name = SEED_INPUT
  for (let n = 2; lock.nodes[name] !== undefined; n++) name = `${SEED_INPUT}_${n}`
  const root = ['nodes', lock.root]
  const hasInputs = lock.nodes[lock.root]?.raw.inputs !== undefined
  const input: Edit = hasInputs ? [[...root, 'inputs'], SEED_INPUT, name] : [root, 'inputs', { [SEED_INPUT]: name }]
  return edited(text, [[['nodes'], name, seedNode(seed)], input], resource)
}

function seedNode({ owner, repo, ref, host, rev, narHash, lastModified }: GitHubBranch & LockedRevision): Value {
  const server: Record<string, string> = host === undefined || host === 'github.com' ? {} : { host }
  // Members in the order of their names, as Nix sorts them.
  return {
    flake: false,
    locked: { ...server, lastModified, narHash, owner, repo, rev, type: 'github' },
    original: { ...server, owner, ref, repo, type: 'github' }
  }
}

/** Applies `edits`, and makes sure that they are all that changed: a member that is there twice would hide one. */
function edited(text: string, edits: readonly Edit[], resource: string): string {
  const expected: unknown = JSON.parse(text)
  let result = text
  for (const [place, member, value] of edits) {
    const object = place.reduce(
      (parent, name) => parent[name] as Record<string, unknown>,
      expected as Record<string, unknown>
    )
    object[member] = value
    result = withMember(result, place, member, value)
  }
  if (isDeepStrictEqual(JSON.parse(result), expected)) return result
  throw invalid(`a member of ${edits.map(([place]) => place.join('.')).join(' or ')} is there twice`, resource)
}

/** Sets one member of the object at `place`, which is there; a new one goes where the order of names has it. */
function withMember(text: string, place: Place, member: string, value: Value): string {
  const tree = parseTree(text)
  const object = tree && findNodeAtLocation(tree, [...place])
  // The other of two members with one name: the caller finds out.
  if (tree === undefined || object?.type !== 'object') return text
  const members = object.children ?? []
  const same = members.find(other => nameOf(other) === member)?.children?.[1]
  if (same !== undefined) return spliced(text, same.offset, endOf(same), JSON.stringify(value))
  const unit = unitOf(tree, text)
  const [first] = members
  if (first === undefined)
    return spliced(text, object.offset, endOf(object), onlyMember(text, object, unit, member, value))
  const next = members.find(other => compareText(nameOf(other), member) > 0)
  const gap = gapBefore(next ?? first, text)
  const written = `${JSON.stringify(member)}${colonOf(first, text)}${layout(value, unit, gap)}`
  if (next !== undefined) return spliced(text, next.offset, next.offset, `${written},${gap}`)
  const end = endOf(members.at(-1) ?? first)
  return spliced(text, end, end, `,${gap}${written}`)
}

/** An object with one member in place of the empty `object`. */
function onlyMember(text: string, object: Node, unit: string, member: string, value: Value): string {
  const name = JSON.stringify(member)
  if (unit === '') return `{${name}:${layout(value, unit, '')}}`
  const outer = `${text.includes('\r\n') ? '\r\n' : '\n'}${indentAt(text, object.offset)}`
  const inner = outer + unit
  return `{${inner}${name}: ${layout(value, unit, inner)}${outer}}`
}

function spliced(text: string, from: number, to: number, replacement: string): string {
  return text.slice(0, from) + replacement + text.slice(to)
}

function nameOf(member: Node): string {
  return member.children?.[0]?.value as string
}

function endOf(node: Node): number {
  return node.offset + node.length
}

/** What stands between a member and the comma or brace before it: line end and indentation. */
function gapBefore(member: Node, text: string): string {
  const before = text.slice(0, member.offset)
  return before.slice(before.trimEnd().length)
}

/** What stands between the name and the value of a member. */
function colonOf(member: Node, text: string): string {
  const [name, value] = member.children as [Node, Node]
  return text.slice(endOf(name), value.offset)
}

/** The indentation of one level, as the document's first member has it; empty for a document in one line. */
function unitOf(tree: Node, text: string): string {
  const first = tree.children?.[0]
  return first !== undefined && text.slice(0, first.offset).includes('\n') ? indentAt(text, first.offset) : ''
}

/** The indentation of the line that `offset` is in. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset) + 1))?.[0] ?? ''
}

/** The text of `value`, whose first line stands behind `gap`. */
function layout(value: Value, unit: string, gap: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll('\n', gap)
}

function invalid(what: string, resource: string): SeedError {
  return new SeedError('LOCK_INVALID', `flake.lock: ${what}`, {
    resource,
    hint: 'Write it again with "nix flake lock" and commit it.'
  })
}
