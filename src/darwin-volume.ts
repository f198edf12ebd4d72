import type { RunResult } from './process.ts'

const SYNTHETIC = '/etc/synthetic.conf'

/**
 * Makes `/nix` on macOS, whose root is sealed: a mount point by synthetic.conf(5), and an APFS volume on it, in which
 * this user may write. Not tested: written from the manual pages, without a machine.
 *
 * @param asRoot runs a program as root, with something on its standard input
 * @throws what `asRoot` throws
 */
export async function makeDarwinVolume(
  asRoot: (command: readonly [string, ...string[]], input?: string) => Promise<RunResult>
): Promise<void> {
  const known = await asRoot(['sh', '-c', `cat ${SYNTHETIC} 2>/dev/null || true`])
  if (!/^nix\s*$/m.test(known.stdout.toString())) await asRoot(['tee', '-a', SYNTHETIC], 'nix\n')
  // Reads synthetic.conf without a restart. Its exit status says nothing: it fails on entries that exist already.
  const stitch = '/System/Library/Filesystems/apfs.fs/Contents/Resources/apfs.util'
  await asRoot(['sh', '-c', `${stitch} -t || ${stitch} -B || true`])
  const info = await asRoot(['sh', '-c', 'diskutil info -plist / | plutil -extract ParentWholeDisk raw -o - -'])
  const disk = info.stdout.toString().trim()
  await asRoot(['diskutil', 'apfs', 'addVolume', disk, 'APFS', 'Nix Store', '-mountpoint', '/nix'])
  await asRoot(['diskutil', 'enableOwnership', '/nix'])
  await asRoot(['chown', `${process.getuid?.()}:${process.getgid?.()}`, '/nix'])
}
