import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ControlEntry } from './control.ts'

/** What runs the builders before there is a set: Python, with the loader and libraries it needs. */
export const BOOTSTRAP_PACKAGES = [
  /libc6|libgcc-s1|zlib1g|libbz2-1\.0|liblzma5|libzstd1|libexpat1|libffi8/,
  /libpython3\.\d+-(minimal|stdlib)|python3\.\d+-minimal/
] as const

const UNUSED = /^(__pycache__|test|idlelib|ensurepip|tkinter|turtledemo|pydoc_data|lib2to3|dist-packages|config-.*)$/

export function isBootstrapPackage(entry: ControlEntry): boolean {
  return BOOTSTRAP_PACKAGES.some(pattern => new RegExp(`^(?:${pattern.source})$`).test(entry.name))
}

/**
 * Makes the folder `target` from the .debs: `bin/python3`, `lib/ld.so` and the libraries beside it. Python is
 * unchanged, so it runs only as `lib/ld.so --library-path lib bin/python3`.
 */
export function makeBootstrap(debs: readonly string[], triplet: string, target: string): void {
  const tree = `${target}.tree`
  mkdirSync(tree, { recursive: true })
  mkdirSync(join(target, 'bin'), { recursive: true })
  mkdirSync(join(target, 'lib'))
  for (const deb of debs) execFileSync('dpkg-deb', ['-x', deb, tree])
  for (const folder of [join(tree, 'lib', triplet), join(tree, 'usr/lib', triplet)])
    copyLibraries(folder, join(target, 'lib'))
  for (const name of readdirSync(join(tree, 'usr/bin'))) {
    if (/^python3\.\d+$/.test(name)) copyFileSync(join(tree, 'usr/bin', name), join(target, 'bin/python3'))
  }
  for (const name of readdirSync(join(tree, 'usr/lib'))) {
    if (!/^python3\.\d+$/.test(name)) continue
    cpSync(join(tree, 'usr/lib', name), join(target, 'lib', name), {
      recursive: true,
      filter: source => !UNUSED.test(basename(source)) && !lstatSync(source).isSymbolicLink()
    })
  }
  rmSync(tree, { recursive: true })
}

/** Copies shared libraries under the names that programs link them by. */
function copyLibraries(from: string, to: string): void {
  if (!existsSync(from)) return
  for (const name of readdirSync(from).sort()) {
    if (!/\.so\.\d+$/.test(name) && !/^ld-linux/.test(name)) continue
    const file = join(to, /^ld-linux/.test(name) ? 'ld.so' : name)
    copyFileSync(join(from, name), file)
    chmodSync(file, lstatSync(file).mode | 0o555)
  }
}
