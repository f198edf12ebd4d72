// What a fresh clone needs before anything of it can run: the packages of package-lock.json, and a Node.js new enough.
// Plain JavaScript for Node.js 20, since it runs before there is anything else.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { capture, isInterrupted } from './child.mjs'

/** @typedef {{ node: string, env: NodeJS.ProcessEnv }} Runtime a Node.js that is new enough, and the environment for it */

export const NODE_MAJOR = 24
const WORK_PREFIX = '.setup-'
const nodePackage = `node-${process.platform}-${process.arch}`

/** A reason for people to read: what is missing and what to do. It is shown without a stack. */
export class SetupError extends Error {
  /** Of this process, for it to end with. */
  exitCode = 1
}

/**
 * Makes node_modules be what package-lock.json says. The packages are installed in a folder beside and moved into place
 * when complete, so an interrupted run leaves nothing half done, and two at once do not meet.
 *
 * @param {string} root folder of package.json
 * @param {(line: string) => void} say is told in one line when there is something to do
 * @throws {SetupError} where npm fails
 */
export async function ensurePackages(root, say) {
  const reason = staleReason(root)
  if (reason === undefined) return
  say(`installing the packages of package-lock.json (${reason})`)
  removeLeftovers(root)
  const work = mkdtempSync(join(root, `${WORK_PREFIX}${process.pid}-`))
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(root, name), join(work, name))
    await installPackages(work)
    // Another run may have been faster; its packages are as good, and may be in use already.
    if (staleReason(root) !== undefined) swapIn(root, work)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** @type {(folder: string) => Promise<void>} */
async function installPackages(folder) {
  // Inside `npm run`, npm's own variables name the outer project.
  const outer = /^npm_(package|lifecycle|config_local_prefix)/
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)))
  const { code, output } = await capture('npm', ['ci', '--loglevel=error'], { cwd: folder, env }).catch(cause => {
    throw new SetupError(codeOf(cause) === 'ENOENT' ? 'npm is not on PATH: install it.' : 'npm does not start', {
      cause
    })
  })
  if (code === 0) return
  const interrupted = isInterrupted(code)
  const error = new SetupError(interrupted ? 'interrupted' : `npm ci failed with exit code ${code}:\n${output}`)
  throw interrupted ? Object.assign(error, { exitCode: code }) : error
}

/** @param {string} root @param {string} work */
function swapIn(root, work) {
  const present = join(root, 'node_modules')
  if (existsSync(present)) renameSync(present, join(work, 'old'))
  try {
    renameSync(join(work, 'node_modules'), present)
  } catch (error) {
    // Between the two moves another run put its packages there.
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error
  }
}

/** Removes the folders of runs that were killed. @param {string} root */
function removeLeftovers(root) {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(WORK_PREFIX)) continue
    const pid = Number.parseInt(name.slice(WORK_PREFIX.length), 10)
    if (!isAlive(pid)) rmSync(join(root, name), { recursive: true, force: true })
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** @type {(error: unknown) => string | undefined} */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code
}

/**
 * Why node_modules is not what package-lock.json says, compared with the record that npm leaves there; `undefined` if
 * it is.
 *
 * @param {string} root
 * @returns {string | undefined}
 */
export function staleReason(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record))
    return existsSync(join(root, 'node_modules')) ? 'node_modules is incomplete' : 'there is no node_modules'
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(record)
  for (const [path, { version, integrity }] of present) {
    const entry = wanted.get(path)
    if (entry === undefined) return `${nameOf(path)} is no longer used`
    if (entry.version !== version || entry.integrity !== integrity) return `${nameOf(path)} has changed`
  }
  for (const [path, entry] of wanted) {
    if (!present.has(path) && (!entry.optional || isNeededNode(path))) return `${nameOf(path)} is missing`
  }
  return undefined
}

/** @param {string} file */
function packagesOf(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'))
  return new Map(Object.entries(packages).filter(([path]) => path !== ''))
}

/** @param {string} path `node_modules/a/node_modules/@scope/b` */
const nameOf = path => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Which optional packages fit a machine is for npm to find out; this one must be there. @param {string} path */
const isNeededNode = path => !isNewEnough(process.versions.node) && nameOf(path) === nodePackage

/**
 * The environment in which `node` is new enough: that of this process if it is, else with the Node.js that the packages
 * bring in front.
 *
 * @param {string} root
 * @returns {Runtime}
 * @throws {SetupError} where there is neither
 */
export function findNode(root) {
  const node = isNewEnough(process.versions.node) ? process.execPath : bundledNode(root)
  return { node, env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` } }
}

/** @param {string} root */
function bundledNode(root) {
  const node = join(root, 'node_modules', nodePackage, 'bin', 'node')
  const need = `Node.js ${NODE_MAJOR} or newer is needed, and this is ${process.versions.node}.`
  if (!existsSync(node))
    throw new SetupError(
      `${need} The package ${nodePackage}, which brings one, is not installed: install Node.js ${NODE_MAJOR}.`
    )
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (!isNewEnough(`${stdout}`.slice(1)))
    throw new SetupError(
      `${need} The one of the package ${nodePackage} does not run here: install Node.js ${NODE_MAJOR}.`
    )
  return node
}

/** @param {string} version `24.1.0` */
const isNewEnough = version => Number.parseInt(version, 10) >= NODE_MAJOR
