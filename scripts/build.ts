// `npm run build`: bundles the entries of src into dist. With --check it builds beside and compares instead.
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle, compile, ENTRIES } from './bundle.ts'
import { renderNotices } from './notices.ts'
import { differences, readTree, writeTree } from './tree.ts'
import type { Tree } from './tree.ts'

const root = dirname(import.meta.dirname)
const dist = join(root, 'dist')

async function build(work: string): Promise<Tree> {
  const source = compile(root, work)
  const tree: Tree = new Map()
  const modules = new Set<string>()
  for (const entry of ENTRIES) {
    if (!existsSync(join(source, `${entry}.js`))) continue
    const bundled = await bundle(join(source, `${entry}.js`))
    for (const [path, file] of bundled.files) tree.set(`${entry}/${path}`, file)
    for (const module of bundled.modules) modules.add(module)
  }
  // The command line evaluates these.
  for (const [path, file] of readTree(join(root, 'nix'))) tree.set(`nix/${path}`, file)
  tree.set('THIRD-PARTY-NOTICES.txt', { bytes: Buffer.from(renderNotices(root, modules)), executable: false })
  return tree
}

const work = mkdtempSync(join(root, '.build-'))
try {
  const tree = await build(work)
  const differing = differences(dist, tree)
  if (process.argv.includes('--check')) {
    for (const line of differing) console.error(`dist/${line}`)
    if (differing.length > 0) {
      console.error('dist is not what the sources make: run `npm run build` and commit it.')
      process.exitCode = 1
    }
  } else if (differing.length === 0) {
    console.log('build: dist was up to date')
  } else {
    writeTree(join(work, 'dist'), tree)
    rmSync(dist, { recursive: true, force: true })
    renameSync(join(work, 'dist'), dist)
    console.log(`build: ${tree.size} files in dist`)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
