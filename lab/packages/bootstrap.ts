import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ControlEntry } from './control.ts'

/** What runs the builders before there is a set: Python and patchelf, with the loader and libraries they need. */
export const BOOTSTRAP_PACKAGES = [
  /libc6|libgcc-s1|libstdc\+\+6|patchelf|zlib1g|libbz2-1\.0|liblzma5|libzstd1|libexpat1|libffi8/,
  /libpython3\.\d+-(minimal|stdlib)|python3\.\d+-minimal/
] as const

const UNUSED = /^(__pycache__|test|idlelib|ensurepip|tkinter|turtledemo|pydoc_data|lib2to3|dist-packages|config-.*)$/

export function isBootstrapPackage(entry: ControlEntry): boolean {
  return BOOTSTRAP_PACKAGES.some(pattern => new RegExp(`^(?:${pattern.source})$`).test(entry.name))
}

/**
 * Makes the folder `target` from the .debs: `bin/python3`, `bin/patchelf`, `lib/ld.so` and the libraries beside it. The
 * programs are unchanged, so they run only as `lib/ld.so --library-path lib bin/…`.
 */
export function makeBootstrap(debs: readonly string[], triplet: string, target: string): void {
  const tree = `${target}.tree`
  mkdirSync(tree, { recursive: true })
  mkdirSync(join(target, 'bin'), { recursive: true })
  mkdirSync(join(target, 'lib'))
  for (const deb of debs) execFileSync('dpkg-deb', ['-x', deb, tree])
  for (const folder of [join(tree, 'lib', triplet), join(tree, 'usr/lib', triplet)]) copyLibraries(folder, join(target, 'lib'))
  for (const name of readdirSync(join(tree, 'usr/bin'))) {
    const file = /^python3\.\d+$/.test(name) ? 'python3' : name === 'patchelf' ? name : undefined
    if (file !== undefined) cpSync(join(tree, 'usr/bin', name), join(target, 'bin', file))
  }
  for (const name of readdirSync(join(tree, 'usr/lib'))) {
    if (!/^python3\.\d+$/.test(name)) continue
    cpSync(join(tree, 'usr/lib', name), join(target, 'lib', name), {
      recursive: true,
      dereference: true,
      filter: source => !UNUSED.test(basename(source)) && !source.endsWith('/sitecustomize.py')
    })
  }
  rmSync(tree, { recursive: true })
}

/** Copies shared libraries under the names that programs link them by. */
function copyLibraries(from: string, to: string): void {
  for (const name of readdirSync(from).sort()) {
    if (!/\.so\.\d+$/.test(name) && !/^ld-linux/.test(name)) continue
    const file = join(to, /^ld-linux/.test(name) ? 'ld.so' : name)
    cpSync(join(from, name), file, { dereference: true })
    chmodSync(file, lstatSync(file).mode | 0o555)
  }
}
