import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Every program that tests, demo and benchmarks start, and the Debian package that has it. The one list of them. */
export const LAB_TOOLS: Readonly<Record<string, string>> = {
  nix: 'nix-bin',
  git: 'git',
  docker: 'docker-cli',
  dockerd: 'docker.io',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  podman: 'podman',
  skopeo: 'skopeo',
  oras: 'oras',
  crane: 'crane',
  cosign: 'cosign',
  'rekor-cli': 'rekor',
  'sigstore-go-verification': 'sigstore-go',
  openssl: 'openssl',
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  'mkfs.erofs': 'erofs-utils',
  mksquashfs: 'squashfs-tools',
  zstd: 'zstd',
  xz: 'xz-utils',
  patchelf: 'patchelf',
  busybox: 'busybox-static',
  fusermount3: 'fuse3',
  'dpkg-deb': 'dpkg',
  ip: 'iproute2',
  sudo: 'sudo',
  curl: 'curl',
  jq: 'jq',
  sqlite3: 'sqlite3',
  strace: 'strace'
}

/** Programs of the machine itself that making and entering the lab needs, and their packages. */
export const HOST_TOOLS: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  unshare: 'util-linux',
  mount: 'mount',
  flock: 'util-linux',
  setpriv: 'util-linux',
  chroot: 'coreutils'
}

/** Where administrators' programs are, even if the user's PATH leaves them out. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The first file called `tool` on `path` that may be executed. */
export function findTool(
  tool: string,
  path = `${process.env.PATH ?? ''}${delimiter}${SYSTEM_PATH}`
): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, tool)
    try {
      if (folder === '') continue
      accessSync(file, constants.X_OK)
      return file
    } catch {
      continue
    }
  }
  return undefined
}

/** The tools of `list` that this machine lacks. */
export function missingTools(list: Readonly<Record<string, string>>): string[] {
  return Object.keys(list).filter(tool => findTool(tool) === undefined)
}
