/**
 * A machine for one job, inside the lab: a mount namespace with its own `/nix`, `/etc` and programs. All steps of the job
 * enter it, and what they change there is gone with it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'

export interface MachineOptions {
  /** On a real disk; it gets all that is written to the machine. */
  folder: string
  /**
   * What is at `/nix`: an empty folder, one that cannot be written to, a file system of so many bytes, or what the lab has
   * there, with the lab's Nix. Only the last one has Nix on PATH.
   */
  nix?: 'empty' | 'read-only' | 'lab' | { bytes: number }
  /** Whose an empty `/nix` is; root's by default. */
  nixOwner?: number
  /** Folders that a seed can be mounted with, as most machines have them: those for what lasts are on a real disk. */
  mountable?: boolean
  /** Names that lead to loopback addresses. */
  hosts?: Readonly<Record<string, string>>
  /** The users that there are beside those of the lab, and whether sudo asks them for no password. */
  users?: Readonly<Record<string, { uid: number; home: string; sudo: boolean }>>
  /** Programs in /usr/bin that are not there, beside those of Nix. */
  without?: readonly string[]
}

/** Where the lab's own store is seen from a machine that has another one. */
const LAB_STORE = '/lab-store'

/** Lines of nix.conf that substitute from it. Without the first, Nix gives substituters up where there is no network. */
export const LAB_SUBSTITUTER = `substitute = true
substituters = local?root=${LAB_STORE}&trusted=true`

const SCRIPT = `
set -eu
folder=$1 kind=$2 size=$3 owner=$4 mountable=$5
shift 5
over() {
  mkdir -p "$folder/$2" "$folder/$2.work"
  LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "lowerdir=$1,upperdir=$folder/$2,workdir=$folder/$2.work" machine "$1"
}
over /etc etc
over /usr/bin usr-bin
cat "$folder/hosts" >>/etc/hosts
# Other tests leave accounts in the lab: the numbers of this machine's belong to them alone, and so does sudo.
awk -F: '$3 < 1000 || $3 == 65534' /etc/passwd >"$folder/accounts"
cat "$folder/accounts" "$folder/passwd" >/etc/passwd
rm -f /etc/sudoers.d/*
# Without an entry there, sudo takes the account for a locked one.
sed 's/:.*/:*:20000:0:99999:7:::/' "$folder/passwd" >>/etc/shadow
cp "$folder/sudoers" /etc/sudoers.d/machine
chmod 0440 /etc/sudoers.d/machine
cd /usr/bin
for program in "$@"; do rm -f "$program"; done
cd /
if [ "$mountable" = true ]; then
  mkdir "$folder/var"
  mount --bind "$folder/var" /var/lib
fi
if [ "$kind" = lab ]; then
  over /nix nix
else
  rm -rf /etc/nix /usr/bin/nix /usr/bin/nix-*
  # The folder is in a layer that is thrown away with the lab's run.
  mkdir -p ${LAB_STORE}/nix
  mount --bind /nix ${LAB_STORE}/nix
  mkdir -p "$folder/nix"
  if [ "$kind" = bytes ]; then mount -t tmpfs -o "size=$size,mode=755" machine /nix
  else mount --bind "$folder/nix" /nix
  fi
  [ "$kind" != read-only ] || mount -o remount,bind,ro /nix
  [ "$kind" = read-only ] || chown "$owner" /nix
fi
echo ready
exec sleep infinity
`

export class Machine {
  /** What the machine's `/nix` is on the lab's disk; empty for one of its own file system. */
  readonly nix: string
  /** What was changed in `/etc`. */
  readonly etc: string
  readonly #holder: ChildProcess

  private constructor(folder: string, holder: ChildProcess) {
    this.nix = join(folder, 'nix')
    this.etc = join(folder, 'etc')
    this.#holder = holder
  }

  static async start(options: MachineOptions): Promise<Machine> {
    const { folder, nix = 'empty', nixOwner = 0 } = options
    mkdirSync(folder, { recursive: true })
    const lines = (list: string[]) => list.map(line => `${line}\n`).join('')
    const users = Object.entries(options.users ?? {})
    writeFileSync(
      join(folder, 'hosts'),
      lines(Object.entries(options.hosts ?? {}).map(([name, at]) => `${at} ${name}`))
    )
    writeFileSync(
      join(folder, 'passwd'),
      lines(users.map(([name, u]) => `${name}:x:${u.uid}:${u.uid}::${u.home}:/bin/sh`))
    )
    const trusted = users.filter(([, user]) => user.sudo).map(([name]) => `${name} ALL=(ALL:ALL) NOPASSWD: ALL`)
    writeFileSync(join(folder, 'sudoers'), lines(trusted))
    const kind = typeof nix === 'object' ? ['bytes', String(nix.bytes)] : [nix, '']
    const args = [folder, ...kind, String(nixOwner), String(options.mountable === true), ...(options.without ?? [])]
    const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', ...args], {
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let log = ''
    holder.stderr.on('data', (piece: Buffer) => (log += piece.toString()))
    const isReady = await Promise.race([
      once(holder.stdout, 'data').then(() => true),
      once(holder, 'exit').then(() => false)
    ])
    if (!isReady) throw new Error(`the machine did not come up: ${log}`)
    return new Machine(folder, holder)
  }

  /** The command, to be run on this machine. */
  enclose(command: readonly string[]): string[] {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`, '--', ...command]
  }

  /** Names of the store paths that are on the lab's disk. */
  storeNames(): string[] {
    const store = join(this.nix, 'store')
    return existsSync(store) ? readdirSync(store).filter(name => !name.startsWith('.')) : []
  }

  async stop(): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return
    const ended = once(this.#holder, 'exit')
    this.#holder.kill('SIGKILL')
    await ended
  }
}
