/** A unit is one store path of the set: a Debian package, or several merged into one. */
export interface Merge {
  unit: string
  /** Matches the whole name of each member. */
  members: RegExp
  /** Its version is the unit's; the first member's where it is left out. */
  version?: RegExp
}

/** What the package set is made from: the rest follows from the dependencies. */
export const ROOTS: readonly string[] = [
  'bash',
  'binutils',
  'busybox-static',
  'bzip2',
  'ca-certificates',
  'cargo',
  'cmake',
  'coreutils',
  'curl',
  'diffutils',
  'erofs-utils',
  'file',
  'findutils',
  'g++',
  'gawk',
  'gcc',
  'git',
  'grep',
  'gzip',
  'hello',
  'jq',
  'libboost-chrono-dev',
  'libboost-dev',
  'libboost-filesystem-dev',
  'libboost-program-options-dev',
  'libboost-regex-dev',
  'libboost-thread-dev',
  'libc-bin',
  'libc6-dev',
  'libsqlite3-dev',
  'libssl-dev',
  'make',
  'ninja-build',
  'nix-bin',
  'nodejs',
  'openssl',
  'patch',
  'patchelf',
  'pkgconf-bin',
  'python3',
  'python3-numpy',
  'rustc',
  'sed',
  'sqlite3',
  'tar',
  'xz-utils',
  'zlib1g-dev',
  'zstd'
]

/** With the others a closure of more than 3 GB for the benchmarks. In every index, and fetched only when asked for. */
export const LARGE_ROOTS: readonly string[] = [
  'clang',
  'gdb',
  'ghc',
  'golang-go',
  'python3-matplotlib',
  'python3-scipy',
  'qt6-base-dev'
]

/** Packages that belong in one store path: they find one another by relative paths, or depend on each other. */
export const MERGES: readonly Merge[] = [
  { unit: 'glibc', members: /libc6|libc-bin/, version: /libc6/ },
  { unit: 'glibc-dev', members: /libc6-dev|linux-libc-dev/, version: /libc6-dev/ },
  { unit: 'gcc-lib', members: /libgcc-s1|libstdc\+\+6|libgomp1|libatomic1|libquadmath0|libitm1/, version: /libstdc.*/ },
  {
    unit: 'gcc',
    members: /(gcc|g\+\+|cpp)(-\d+)?(-(x86-64|aarch64)-linux-gnu)?|lib(gcc|stdc\+\+)-\d+-dev/,
    version: /gcc-\d+/
  },
  { unit: 'binutils', members: /binutils(-.*)?|libbinutils|libctf.*|libgprofng0|libsframe\d+/, version: /binutils/ },
  {
    unit: 'python3',
    members: /python3(\.\d+)?(-minimal)?|libpython3(\.\d+)?-(minimal|stdlib)/,
    version: /python3\.\d+/
  },
  { unit: 'nodejs', members: /nodejs|libnode\d+|node-.*/, version: /nodejs/ },
  { unit: 'rustc', members: /rustc|libstd-rust-.*/, version: /rustc/ },
  { unit: 'cmake', members: /cmake|cmake-data/, version: /cmake/ },
  { unit: 'boost', members: /libboost.*-dev/, version: /libboost\d[\d.]*-dev/ }
]

/**
 * Dependencies that are not followed: what runs at installation only, what a store path has no use for, and what is
 * large and seldom called.
 */
export const CUTS: readonly RegExp[] = [
  /dpkg|debconf|debconf-2\.0|cdebconf|adduser|passwd|init-system-helpers|ucf|sensible-utils|install-info/,
  /perl|perl-base|perlapi-.*|lib.*-perl|git-man|bash-static|base-files|debianutils|libcrypt-dev|rpcsvc-proto/,
  /tzdata|media-types|mailcap|shared-mime-info|publicsuffix|dbus|udev|systemd.*|libc-dev-bin/,
  /lib(asan|lsan|tsan|ubsan|hwasan)\d+|gcc-\d+-base|gcc-\d+-for-host|node-corepack|libjs-.*|fonts-.*|.*-doc|netbase/
]

/** Packages whose own dependencies are not followed: every closure would be a circle. */
export const LEAVES: readonly string[] = ['libc6', 'libc-bin']
