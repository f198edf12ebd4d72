import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import ncc from '@vercel/ncc'
import type { Module } from '@vercel/ncc'
import type { Tree, TreeFile } from './tree.ts'

/** Entries of src, each a bundle of its own: the phases of the action must not load what only the command line needs. */
export const ENTRIES = ['cli', 'pre', 'main', 'post', 'unpack', 'receive'] as const

/**
 * Modules that go beside the bundle as they are, under these names. sql.js asks for `module` after it has unset it, which
 * webpack answers while bundling, and wrongly.
 */
const BESIDE: Readonly<Record<string, string>> = { 'sql.js/dist/sql-wasm-inline.js': 'sql-wasm-inline.cjs' }

export interface Bundle {
  files: Tree
  /** Absolute paths of the files that went in. */
  modules: string[]
}

/**
 * Compiles src to JavaScript. ncc could take the types out itself, but makes CommonJS of `module: nodenext`, which has
 * no top-level await.
 *
 * @returns the folder with the compiled src
 */
export function compile(root: string, work: string): string {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', work]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error('the sources do not compile')
  const source = join(work, 'src')
  // ncc looks for one and stumbles where there is none.
  writeFileSync(join(source, 'tsconfig.json'), '{}')
  return source
}

/** Bundles `entry`, a compiled file, with all that it imports. The bytes do not depend on where the project stands. */
export async function bundle(entry: string): Promise<Bundle> {
  const externals = Object.fromEntries(Object.entries(BESIDE).map(([name, file]) => [name, `./${file}`]))
  // Webpack numbers modules by their path from the working folder.
  const before = process.cwd()
  process.chdir(dirname(entry))
  const { code, assets, stats } = await ncc(entry, { cache: false, quiet: true, externals }).finally(() => {
    process.chdir(before)
  })
  const files: Tree = new Map([['index.js', plainFile(code)]])
  for (const [path, { source }] of Object.entries(assets)) files.set(path, plainFile(withoutForeignKeys(source)))
  const used = allModules(stats.toJson({ modules: true, nestedModules: true, reasons: false, source: false }).modules)
  const modules = used.flatMap(({ nameForCondition }) => nameForCondition ?? [])
  const { resolve } = createRequire(entry)
  for (const [name, file] of Object.entries(BESIDE)) {
    if (!used.some(({ identifier }) => identifier.startsWith('external ') && identifier.includes(`"./${file}"`)))
      continue
    files.set(file, plainFile(readFileSync(resolve(name))))
    modules.push(resolve(name))
  }
  return { files, modules }
}

/** The first copy of the public trust root comes with the keys of a package registry, which nothing here asks for. */
function withoutForeignKeys(source: string | Buffer): string | Buffer {
  const text = source.toString()
  return text.includes('%2Fkeys.json') ? text.replace(/,"[\w.-]+%2Fkeys\.json":"[\w+/=]*"/g, '') : source
}

function allModules(modules: readonly Module[] = []): Module[] {
  return modules.flatMap(module => [module, ...allModules(module.modules)])
}

const plainFile = (source: string | Buffer): TreeFile => ({ bytes: Buffer.from(source), executable: false })
