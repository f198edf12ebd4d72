/** The three seeds that are restored: what their projects are, and what changes in them. */
import { replaced } from '../support/project.ts'

export const SIZE_NAMES = ['0.3 GB', '1 GB', '3.5 GB'] as const
export type SizeName = (typeof SIZE_NAMES)[number]

export interface Size {
  name: SizeName
  /** Bytes of all store paths, about. */
  bytes: number
  /** In words. */
  about: string
  /** Nix expression of what the seed holds beside what the project needs. */
  contents: string
  edit?: (flake: string) => string
  /** Whether it takes what the package set fetches only for benches. */
  large: boolean
  /** Whether it has a compiler of C++. */
  compiler: boolean
  /** Whether publishing it is quick enough to be repeated, and its layers to be compressed with gzip too. */
  quick: boolean
  /** Whether it is fetched over the limited link too. */
  limited: boolean
}

/** Two leaves of the closure that an update touches: a text, and a package of which one small file changes. */
const LEAVES = `(writeText "note" "note 0") (runCommand "tool" { } ''
  cp -r \${curl} $out
  chmod -R u+w $out
  echo tool 0 > $out/version
'')`

export const SIZES: readonly Size[] = [
  {
    name: '0.3 GB',
    bytes: 0.3e9,
    about: 'Python, Node.js, Nix and Git, no compiler',
    contents: `[ python3 ${LEAVES} ]`,
    edit: flake =>
      replaced(
        replaced(flake, 'pkgs.stdenv.mkDerivation', 'pkgs.stdenvNoCC.mkDerivation'),
        'pkgs.mkShell ',
        'pkgs.mkShellNoCC '
      ),
    large: false,
    compiler: false,
    quick: true,
    limited: false
  },
  {
    name: '1 GB',
    bytes: 1e9,
    about: 'with GCC and Rust',
    contents: `[ quickClosure rustc cargo ${LEAVES} ]`,
    large: false,
    compiler: true,
    quick: true,
    limited: true
  },
  {
    name: '3.5 GB',
    bytes: 3.5e9,
    about: 'all packages of the set: GHC, LLVM, Go, Qt, SciPy and others',
    contents: `[ benchClosure ${LEAVES} ]`,
    large: true,
    compiler: true,
    quick: false,
    limited: false
  }
]

export type Leaf = 'note' | 'tool'

/** The flake after a change of one leaf. */
export function touchLeaf(flake: string, leaf: Leaf, round: number): string {
  return flake.replace(new RegExp(`\\b${leaf} \\d+`), `${leaf} ${round}`)
}

/** `0.3,3.5` as sizes, in the order of their size. */
export function parseSizes(text: string): Size[] {
  const names = text.split(',').map(name => `${name.trim().replace(/ ?GB$/, '')} GB`)
  const unknown = names.find(name => !SIZES.some(size => size.name === name))
  if (unknown !== undefined) throw new Error(`there is no size ${unknown}; known: ${SIZE_NAMES.join(', ')}`)
  return SIZES.filter(size => names.includes(size.name))
}
