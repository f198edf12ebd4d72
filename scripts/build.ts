// `npm run build`: bundles the entries of src into dist. With --check it builds beside and compares instead.
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle, compile, ENTRIES } from './bundle.ts'
import { renderNotices } from './notices.ts'
import { differences, readTree, writeTree } from './tree.ts'
import type { Tree } from './tree.ts'

const root = dirname(import.meta.dirname)
const dist = join(root, 'dist')

async function makeDist(work: string): Promise<Tree> {
  const source = compile(root, work)
  const tree: Tree = new Map()
  const modules = new Set<string>()
  for (const entry of ENTRIES) {
    const bundled = await bundle(join(source, `${entry}.js`))
    for (const [path, file] of bundled.files) tree.set(`${entry}/${path}`, file)
    for (const module of bundled.modules) modules.add(module)
  }
  // The command line evaluates these; their tests stay here.
  for (const [path, file] of readTree(join(root, 'nix'))) {
    if (!path.startsWith('tests/')) tree.set(`nix/${path}`, file)
  }
  // Runners read it from a file.
  const matcher = readFileSync(join(root, 'src', 'problem-matcher.json'))
  tree.set('problem-matcher.json', { bytes: matcher, executable: false })
  tree.set('THIRD-PARTY-NOTICES.txt', { bytes: Buffer.from(renderNotices(root, modules)), executable: false })
  return tree
}

function check(tree: Tree): number {
  const differing = differences(dist, tree)
  for (const line of differing) console.error(`dist/${line}`)
  if (differing.length > 0) console.error('dist is not what the sources make: run `npm run build` and commit it.')
  return differing.length > 0 ? 1 : 0
}

function replaceDist(tree: Tree, work: string): number {
  writeTree(join(work, 'dist'), tree)
  rmSync(dist, { recursive: true, force: true })
  renameSync(join(work, 'dist'), dist)
  console.log(`build: ${tree.size} files in dist`)
  return 0
}

async function main(args: readonly string[]): Promise<number> {
  if (args.some(arg => arg !== '--check')) {
    console.error('npm run build [-- --check]')
    return 2
  }
  const work = mkdtempSync(join(root, '.build-'))
  try {
    const tree = await makeDist(work)
    return args.length > 0 ? check(tree) : replaceDist(tree, work)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

process.exitCode = await main(process.argv.slice(2))
