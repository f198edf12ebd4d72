import { posix } from 'node:path'
import ts from 'typescript'

const ENTRIES = ['pre', 'main', 'post', 'cli', 'unpack', 'receive']

const FOUNDATION = 'the foundation'

/**
 * The parts of src from top to bottom. A part is a folder, with the file of its name beside it; all other files of src
 * itself, but the entries, are one part. A part may know those below its row.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['actions'],
  ['phases', 'cli'],
  ['seed', 'lazy'],
  ['nix', 'oci', 'attest', 'github', 'cachix', 'providers', 'graph'],
  ['http'],
  [FOUNDATION]
]

/**
 * The imports that break the dependency rule, each as one line.
 *
 * @param files text of the sources, by path in src
 */
export function brokenRules(files: ReadonlyMap<string, string>): string[] {
  const graph = new Map([...files].map(([path, text]) => [path, importsOf(path, text)]))
  const lines = [...graph].flatMap(([path, imports]) => [
    ...(isEntry(path) || rank(path) !== undefined
      ? []
      : [`src/${path}: ${part(path)} has no layer in dependency-rule.ts`]),
    ...imports.flatMap(imported => complaint(path, imported))
  ])
  return [...lines, ...cycles(graph)]
}

/** What a file imports: paths in src (with `../` in front for what is outside), and names of packages. */
function importsOf(path: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), fileName)) : fileName
    )
}

function complaint(path: string, imported: string): string[] {
  const refuse = (target: string, rule: string): string[] => [`src/${path} imports ${target}: ${rule}`]
  if (imported.startsWith('@actions/')) {
    return part(path) === 'actions' ? [] : refuse(imported, 'only src/actions binds the Actions toolkit')
  }
  if (imported.startsWith('../')) {
    const outside = imported.slice('../'.length)
    return outside === 'package.json' ? [] : refuse(outside, 'the product does not need the rest of the project')
  }
  if (!imported.endsWith('.ts') || isEntry(path) || part(path) === part(imported)) return []
  const [from, to] = [rank(path), rank(imported)]
  const isDown = from !== undefined && to !== undefined && from < to
  return isDown ? [] : refuse(`src/${imported}`, `${part(path)} must not know ${part(imported)}`)
}

const isEntry = (path: string): boolean => ENTRIES.some(entry => path === `${entry}.ts`)

function part(path: string): string {
  if (isEntry(path)) return 'an entry'
  const [name = '', ...rest] = path.replace(/\.ts$/, '').split('/')
  return rest.length > 0 || LAYERS.some(parts => parts.includes(name)) ? name : FOUNDATION
}

function rank(path: string): number | undefined {
  const row = LAYERS.findIndex(parts => parts.includes(part(path)))
  return row < 0 ? undefined : row
}

/** Each cycle once, from the first of its files that the search comes to. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push(`${[...trail.slice(start), path].map(file => `src/${file}`).join(' → ')}: a cycle`)
    if (start >= 0 || done.has(path)) return
    for (const imported of graph.get(path) ?? []) visit(imported, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
