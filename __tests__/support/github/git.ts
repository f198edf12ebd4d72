/** A bare Git repository in a throw-away folder, driven by the git program: what is committed here, every client sees. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ObjectReader } from './object-reader.ts'

export interface Identity {
  name: string
  email: string
  /** ISO 8601; now where it is absent. */
  date?: string
}

export interface Commit {
  oid: string
  tree: string
  parents: string[]
  author: Required<Identity>
  committer: Required<Identity>
  message: string
}

export interface TreeEntry {
  mode: string
  type: string
  oid: string
  /** Bytes; blobs alone have it. */
  size?: number
  path: string
}

/** A change of a tree: bytes or the id of an object, or null for what goes. The mode of what was there is kept. */
export type Change = { path: string; mode?: string } & ({ content: Buffer | string } | { oid: string | null })

const ZERO = '0'.repeat(40)

export class GitFolder {
  readonly path: string
  #indexes = 0
  #reader: ObjectReader | undefined

  private constructor(path: string) {
    this.path = path
  }

  static async make(branch: string): Promise<GitFolder> {
    const folder = new GitFolder(mkdtempSync(join(tmpdir(), 'github-')))
    await folder.git(['init', '--quiet', '--bare', '--initial-branch', branch, folder.path])
    await folder.git(['config', 'uploadpack.allowAnySHA1InWant', 'true'])
    return folder
  }

  async remove(): Promise<void> {
    await this.#reader?.close()
    rmSync(this.path, { recursive: true, force: true })
  }

  /** Runs git here; what it printed. Fails if git does. */
  async git(args: readonly string[], input?: Buffer | string, env: Record<string, string> = {}): Promise<Buffer> {
    const { code, stdout, stderr } = await this.#run(args, input, env)
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}\n${stderr}`)
    return stdout
  }

  /**
   * The id of the object that `expression` names (`main`, `main:flake.nix`, `main^{tree}`, …), peeled to `type` where one
   * is given; undefined if there is none.
   */
  async resolve(expression: string, type?: string): Promise<string | undefined> {
    // What follows a colon is a path to its end.
    const isPath = expression.includes(':')
    const peeled = type === undefined || isPath ? expression : `${expression}^{${type}}`
    const found = await this.#objects.info(peeled)
    return found === undefined || (isPath && type !== undefined && found.type !== type) ? undefined : found.oid
  }

  async typeOf(oid: string): Promise<string | undefined> {
    return (await this.#objects.info(oid))?.type
  }

  /** What a ref of this full name points to. */
  async ref(name: string): Promise<string | undefined> {
    // Anything else is an expression, and could name more than a ref.
    if (!/^refs\/[^\s:^~?*[\\]+$/.test(name) || name.includes('@{')) return undefined
    return (await this.#objects.info(name))?.oid
  }

  async blob(oid: string): Promise<Buffer> {
    return this.#objects.content(oid)
  }

  async commit(oid: string): Promise<Commit> {
    const format = ['%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00')
    const text = (await this.git(['show', '--no-patch', `--format=${format}`, oid])).toString()
    const [tree = '', parents = '', name = '', email = '', date = '', ...rest] = text.split('\0')
    const [committerName = '', committerEmail = '', committerDate = '', message = ''] = rest
    const utc = (time: string) => new Date(time).toISOString().replace('.000Z', 'Z')
    return {
      oid,
      tree,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name, email, date: utc(date) },
      committer: { name: committerName, email: committerEmail, date: utc(committerDate) },
      message: message.trimEnd()
    }
  }

  async tree(oid: string, recursive = false): Promise<TreeEntry[]> {
    const text = (await this.git(['ls-tree', '-z', '--long', ...(recursive ? ['-r', '-t'] : []), oid])).toString()
    return text
      .split('\0')
      .filter(line => line !== '')
      .map(line => {
        const [head = '', path = ''] = line.split('\t')
        const [mode = '', type = '', entry = '', size = '-'] = head.split(/ +/)
        return { mode, type, oid: entry, path, ...(size !== '-' && { size: Number(size) }) }
      })
  }

  async writeBlob(content: Buffer | string): Promise<string> {
    return (await this.git(['hash-object', '-w', '--stdin'], content)).toString().trim()
  }

  /** The tree `base` with `changes`. */
  async writeTree(base: string | undefined, changes: readonly Change[]): Promise<string> {
    const index = { GIT_INDEX_FILE: join(this.path, `index-${++this.#indexes}`) }
    await this.git(base === undefined ? ['read-tree', '--empty'] : ['read-tree', base], undefined, index)
    const modes = new Map(base === undefined ? [] : (await this.tree(base, true)).map(({ path, mode }) => [path, mode]))
    let lines = ''
    for (const change of changes) {
      const oid = 'oid' in change ? change.oid : await this.writeBlob(change.content)
      if (change.mode === '040000' && oid !== null) {
        await this.git(['rm', '-r', '--quiet', '--cached', '--ignore-unmatch', '--', change.path], undefined, index)
        await this.git(['read-tree', `--prefix=${change.path}/`, oid], undefined, index)
        continue
      }
      const mode = oid === null ? '0' : (change.mode ?? modes.get(change.path) ?? '100644')
      lines += `${mode} ${oid ?? ZERO}\t${change.path}\0`
    }
    if (lines !== '') await this.git(['update-index', '-z', '--index-info'], lines, index)
    const tree = (await this.git(['write-tree'], undefined, index)).toString().trim()
    rmSync(index.GIT_INDEX_FILE, { force: true })
    return tree
  }

  async writeCommit(commit: {
    tree: string
    parents: readonly string[]
    message: string
    author: Identity
    committer: Identity
  }): Promise<string> {
    const { tree, parents, message, author, committer } = commit
    const now = new Date().toISOString()
    const env = {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date ?? now,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: committer.date ?? now
    }
    const args = ['commit-tree', tree, ...parents.flatMap(parent => ['-p', parent])]
    return (await this.git(args, message, env)).toString().trim()
  }

  /** Refs with what they point to, by full name. */
  async refs(): Promise<Map<string, string>> {
    const text = (await this.git(['for-each-ref', '--format=%(objectname) %(refname)'])).toString()
    const lines = text.split('\n').filter(line => line !== '')
    return new Map(lines.map(line => [line.slice(41), line.slice(0, 40)]))
  }

  async isRefName(name: string): Promise<boolean> {
    return (await this.#run(['check-ref-format', name])).code === 0
  }

  /** Points `ref` to `oid` (or removes it, where that is undefined), if it still is at `old`; false if it is not. */
  async moveRef(ref: string, oid: string | undefined, old: string | undefined): Promise<boolean> {
    const was = old ?? ZERO
    const args = oid === undefined ? ['update-ref', '-d', ref, was] : ['update-ref', ref, oid, was]
    return (await this.#run(args)).code === 0
  }

  async isAncestor(ancestor: string, oid: string): Promise<boolean> {
    return (await this.#run(['merge-base', '--is-ancestor', ancestor, oid])).code === 0
  }

  /** Ids of the commits of `oid`, newest first, without those of `without`. */
  async log(oid: string, without?: string): Promise<string[]> {
    const range = without === undefined ? [oid] : [oid, `^${without}`]
    const text = (await this.git(['rev-list', '--topo-order', ...range, '--'])).toString()
    return text.split('\n').filter(line => line !== '')
  }

  /** The merge of two commits; undefined if they contradict each other. */
  async mergeTree(ours: string, theirs: string): Promise<string | undefined> {
    const { code, stdout } = await this.#run(['merge-tree', '--write-tree', ours, theirs])
    return code === 0 ? stdout.toString().trim() : undefined
  }

  /** Lines added and removed, and files changed, between two commits. */
  async diffStat(from: string, to: string): Promise<{ additions: number; deletions: number; files: number }> {
    const text = (await this.git(['diff', '--numstat', from, to])).toString()
    const lines = text.split('\n').filter(line => line !== '')
    const sum = (column: number) => lines.reduce((n, line) => n + (Number(line.split('\t')[column]) || 0), 0)
    return { additions: sum(0), deletions: sum(1), files: lines.length }
  }

  async archive(oid: string, prefix: string): Promise<Buffer> {
    return this.git(['archive', '--format=tar.gz', `--prefix=${prefix}/`, oid])
  }

  get #objects(): ObjectReader {
    this.#reader ??= new ObjectReader(this.path, this.#environment)
    return this.#reader
  }

  /** Nothing of the machine's settings. */
  get #environment(): Record<string, string> {
    const { PATH = '' } = process.env
    const settings = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_DIR: this.path }
    return { PATH, HOME: this.path, TZ: 'UTC', ...settings }
  }

  async #run(args: readonly string[], input?: Buffer | string, env: Record<string, string> = {}) {
    const child = spawn('git', args, { cwd: this.path, env: { ...this.#environment, ...env } })
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', code => resolve(code ?? 128))
    })
    child.stdin.on('error', () => {}) // a git that fails need not read its input
    child.stdin.end(input)
    const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)])
    return { code, stdout, stderr: stderr.toString() }
  }
}
