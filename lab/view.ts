import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { CA_VARIABLES } from './environment.ts'
import { TREE } from './folder.ts'

/** A path of the machine that is at the same place inside. */
export interface Bind {
  mode: 'rw' | 'ro'
  path: string
}

/** What is to be seen of the machine inside a run. */
export interface View {
  binds: Bind[]
  /** The Node.js binary for the inside. */
  node: string
  /** The current directory. */
  directory: string
}

/** Folders that are plain disk in a run, since overlay takes no overlay as its upper directory. */
const DISK_FOLDERS: Readonly<Record<string, number>> = {
  '/tmp': 0o1777,
  '/var/tmp': 0o1777,
  '/var/lib/docker': 0o710,
  '/var/lib/containers': 0o755,
  '/var/lib/containerd': 0o711
}

/**
 * The working tree, the current directory and a Node.js binary, each at its own path.
 *
 * @param root the base: what it has itself is not hidden
 */
export function resolveView(root: string): View {
  const node = resolveNode()
  const directory = process.cwd()
  const paths = [TREE, ...companions(TREE), node, realpathSync(process.execPath), directory]
  const shown = paths.filter(path => path === TREE || !existsSync(join(root, path)))
  const outer = [...new Set(shown)].filter(path => !shown.some(other => isBelow(path, other)))
  return { binds: outer.map(path => ({ mode: 'rw', path })), node, directory }
}

/** The project's own Node.js where npm brought one, since it needs few libraries; else the one that runs this. */
function resolveNode(): string {
  const own = join(TREE, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  return existsSync(own) ? own : realpathSync(process.execPath)
}

/** What a working tree may have outside of itself: the repository of a linked worktree, shared dependencies. */
function companions(tree: string): string[] {
  const found: string[] = []
  const git = join(tree, '.git')
  if (statSync(git, { throwIfNoEntry: false })?.isFile()) {
    const folder = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]
    if (folder !== undefined) found.push(resolve(tree, folder, '..', '..'))
  }
  const modules = join(tree, 'node_modules')
  if (existsSync(modules)) found.push(realpathSync(modules))
  return found.filter(path => existsSync(path))
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`)
}

/**
 * Writes into the run's folder what enter.sh needs of the view: `binds`, `disk`, and `points`, a layer of mount points
 * and of the machine's own files (names, resolver, certificates). A layer keeps them out of the upper directory, which
 * may become a layer itself.
 */
export function writeView(run: string, binds: readonly Bind[], env: NodeJS.ProcessEnv): void {
  const points = join(run, 'points')
  mkdirSync(join(points, 'etc', 'ssl', 'certs'), { recursive: true })
  writeFileSync(join(points, 'etc', 'hosts'), `127.0.0.1 localhost ${hostname()}\n::1 localhost\n`)
  copyFileSync('/etc/resolv.conf', join(points, 'etc', 'resolv.conf'))
  copyCertificates(points, env)
  const lines = Object.entries(DISK_FOLDERS).map(([path, mode]) => {
    mkdirSync(join(run, 'disk', path), { recursive: true })
    chmodSync(join(run, 'disk', path), mode) // mkdir's own mode is subject to the umask
    return `rw\t${join(run, 'disk', path)}\t${path}`
  })
  for (const { mode, path } of [...binds].sort((a, b) => a.path.length - b.path.length)) {
    if (/[\n\t]/.test(path))
      throw new SeedError('USAGE', 'a path has a tab or line end in its name', { resource: path })
    makePoint(points, path)
    lines.push(`${mode}\t${path}\t${path}`)
  }
  writeFileSync(join(run, 'binds'), lines.map(line => `${line}\n`).join(''))
}

function makePoint(points: string, path: string): void {
  const point = join(points, path)
  const isFolder = statSync(path).isDirectory()
  mkdirSync(isFolder ? point : dirname(point), { recursive: true })
  if (!isFolder) writeFileSync(point, '')
}

const CA_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

/** The machine's bundle at Debian's place, and every file that a variable names at its own. */
function copyCertificates(points: string, env: NodeJS.ProcessEnv): void {
  const bundle = CA_BUNDLES.find(path => existsSync(path))
  if (bundle !== undefined) copyFileSync(bundle, join(points, CA_BUNDLES[0] ?? ''))
  for (const file of CA_VARIABLES.map(name => env[name])) {
    if (file === undefined || !file.startsWith('/') || !existsSync(file)) continue
    mkdirSync(dirname(join(points, file)), { recursive: true })
    copyFileSync(file, join(points, file))
  }
}
