/** The kernel's mounts: what there is, and the program that makes and unmakes them. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Ports } from '../../ports.ts'
import { run } from '../../process.ts'

export interface Mount {
  /** Where it is mounted. */
  target: string
  type: string
  source: string
}

/** All mounts that this process sees, in the order of their making: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
export async function readMounts(): Promise<Mount[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'latin1')).split('\n').slice(0, -1)
  return lines.map(line => {
    const [head = '', tail = ''] = line.split(' - ')
    const [type = '', source = ''] = tail.split(' ')
    return { target: unescape(head.split(' ')[4] ?? ''), type, source: unescape(source) }
  })
}

/** What is mounted in `folder` and on it, in the order in which it can be unmounted. */
export async function mountsBelow(folder: string): Promise<string[]> {
  const targets = (await readMounts()).map(({ target }) => target)
  return targets.filter(target => target === folder || target.startsWith(`${folder}/`)).reverse()
}

/** Runs `mount`. It takes no time, and is never cut short: what it has done is for the caller to know. */
export async function mount(args: readonly string[], ports: Pick<Ports, 'env'>, cwd = '/'): Promise<void> {
  // The newer interface takes no string of 256 bytes, such as a list of many layers.
  await run('mount', args, { env: environment(ports, { LIBMOUNT_FORCE_MOUNT2: 'always' }), signal: never(), cwd })
}

export interface MountEntry {
  source: string
  target: string
}

/** Mounts many file systems of one type with one program, by a table that is written to `table`. */
export async function mountAll(
  entries: readonly MountEntry[],
  type: string,
  options: string,
  table: string,
  ports: Pick<Ports, 'env'>
): Promise<void> {
  const lines = entries.map(({ source, target }) => `${escape(source)} ${escape(target)} ${type} ${options} 0 0\n`)
  await writeFile(table, lines.join(''), { mode: 0o600 })
  await run('mount', ['--all', '--fstab', table], { env: environment(ports), signal: never() })
}

/** Unmounts `targets` one after the other; of several mounts on one of them, the last. */
export async function unmount(
  targets: readonly string[],
  ports: Pick<Ports, 'env'>,
  options: readonly string[] = []
): Promise<void> {
  if (targets.length > 0) await run('umount', [...options, ...targets], { env: environment(ports), signal: never() })
}

/** Messages that can be recognized, and the programs of root, which may not be on the PATH of an ordinary user. */
export function environment({ env }: Pick<Ports, 'env'>, extra: Record<string, string> = {}): Record<string, string> {
  const path = [env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin'].filter(part => part !== undefined && part !== '')
  return { PATH: path.join(':'), LC_ALL: 'C', ...extra }
}

export function never(): AbortSignal {
  return new AbortController().signal
}

/** https://man7.org/linux/man-pages/man3/getmntent.3.html */
function escape(text: string): string {
  return text.replace(/[ \t\n\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

function unescape(text: string): string {
  return Buffer.from(
    text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8))),
    'latin1'
  ).toString()
}
