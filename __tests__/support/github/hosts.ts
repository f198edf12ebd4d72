/** How programs come to the server under the names of the real hosts, without a change to the machine. */

let addresses = 0

/** An address of the loopback that no other test of this machine listens on. */
export function loopbackAddress(): string {
  return `127.${64 + (++addresses % 128)}.${(process.pid >> 8) & 255}.${process.pid & 255}`
}

/**
 * The command in a mount namespace of its own, where `/etc/hosts` has one more line. Can be put around itself, and around
 * other commands that make namespaces. Takes root. The file that stands in for `/etc/hosts` stays in `folder`: one that is
 * removed cannot be mounted over again.
 */
export function withHosts(
  folder: string,
  address: string,
  names: readonly string[],
  command: readonly string[]
): string[] {
  const script =
    'file=$(mktemp -p "$1") && { cat /etc/hosts; echo "$2"; } > "$file" && mount --bind "$file" /etc/hosts && ' +
    'shift 2 && exec "$@"'
  const line = [address, ...names].join(' ')
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', folder, line, ...command]
}
