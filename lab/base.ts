import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { confined, runStep } from './child.ts'
import type { StepOptions } from './child.ts'
import type { LabFolder } from './folder.ts'
import { makeOnce } from './making.ts'
import type { Making } from './making.ts'
import { BASE_PACKAGES, baseKey, EARLY_FILES, LATE_FILES, olderSources, SUITE } from './recipe.ts'
import { HOST_TOOLS, missingTools } from './tools.ts'

/** Name of the base in the lab's folder; its root file system is `root` in it. */
export function baseName(): string {
  return `base-${baseKey()}`
}

/**
 * Makes the base if it is not there: debootstrap, then the tools by apt.
 *
 * @returns its root file system
 * @throws TOOL_MISSING, TOOL_FAILED, INTERRUPTED
 */
export async function makeBase(folder: LabFolder, making: Making): Promise<string> {
  const path = await makeOnce(folder, baseName(), making, async (part, log) => {
    installDebootstrap(making.say)
    const root = join(part, 'root')
    const step: StepOptions = { log, signal: making.signal, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    making.say(`making the base in ${folder.path}, once, about a minute: a Debian ${SUITE} root (1/2)`)
    // No mirror is named: the script of the suite knows one.
    const bootstrap = ['debootstrap', '--variant=minbase', '--force-check-gpg', SUITE, root]
    await runStep('debootstrap', [...confined(), ...bootstrap], step)
    writeFiles(root, EARLY_FILES)
    making.say(`${BASE_PACKAGES.length} packages, with nix, docker, podman and registries (2/2)`)
    await runApt(root, ['install', '-y', ...BASE_PACKAGES], step)
    const older = olderSources(readFileSync(join(root, 'etc/apt/sources.list'), 'utf8'))
    writeFiles(root, { ...LATE_FILES, 'etc/apt/sources.list.d/older.list': older })
    mkdirSync(join(root, 'nix')) // Nix makes it itself, but things may be mounted there before
    await runApt(root, [], step)
  })
  return join(path, 'root')
}

/** `apt-get update`, then `apt-get` with `args`, both inside `root`. */
async function runApt(root: string, args: readonly string[], step: StepOptions): Promise<void> {
  // The machine's resolver and devices are lent to the root for this step, in a mount namespace that ends with it.
  const script = `set -eu
    root=$1; shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"
    chroot "$root" apt-get -qq update
    [ $# = 0 ] || chroot "$root" apt-get -qq "$@"
    chroot "$root" apt-get clean`
  writeFiles(root, { 'etc/resolv.conf': '' })
  await runStep('apt-get', [...confined(), 'sh', '-c', script, 'sh', root, ...args], step)
}

function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    if (text.startsWith('#!')) chmodSync(path, 0o755)
  }
}

/** The one package that may be installed on the machine. */
function installDebootstrap(say: Making['say']): void {
  if (missingTools(HOST_TOOLS).includes('debootstrap') && missingTools({ 'apt-get': 'apt' }).length === 0) {
    say('installing debootstrap on this machine')
    const install = ['install', '-y', '-qq', '--no-install-recommends', 'debootstrap', 'debian-archive-keyring']
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    try {
      execFileSync('apt-get', install, { stdio: 'ignore', env })
    } catch {
      // An image without package lists: fetch them and try once more; what is still missing is named below.
      execFileSync('sh', ['-c', `apt-get update -qq && apt-get ${install.join(' ')} || true`], { stdio: 'ignore', env })
    }
  }
  const missing = missingTools(HOST_TOOLS)
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(tool => HOST_TOOLS[tool]))].join(' ')
  throw new SeedError('TOOL_MISSING', `the lab needs ${missing.join(', ')} on this machine`, {
    hint: `Install the package${packages.includes(' ') ? 's' : ''} ${packages}.`
  })
}
