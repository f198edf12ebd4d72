import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'

/** Licences that ask for no more than that they be passed on. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense'
])
const LICENCE_FILE = /^(licen[cs]e|copying|unlicense|notice)/i
const RULE = '-'.repeat(80)

/** Code that comes inside a package, or that the bundler adds, has its licence in this folder of the project. */
const OWN_TEXTS = join('scripts', 'notices')
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  'sql.js': ['sqlite.txt', 'emscripten.txt', 'musl.txt']
}
const IN_EVERY_BUNDLE = ['webpack.txt']

interface Package {
  name: string
  version: string
  /** SPDX expression. */
  license: string
  folder: string
  author?: string
}

/**
 * The text of the third-party notices: every package that a bundle has something of, with its licences in full, by name.
 *
 * @param modules absolute paths of the files that went into the bundles
 * @throws for a licence that is not allowed, and for a package without the text of its licence
 */
export function renderNotices(root: string, modules: Iterable<string>): string {
  const packages = packagesOf(modules)
  const sections = packages.map(found => {
    if (!isAllowed(found.license)) throw new Error(`${found.name}: the licence ${found.license} is not allowed here`)
    return section(`${found.name} ${found.version} (${found.license})`, licenceTexts(root, found))
  })
  const own = [...IN_EVERY_BUNDLE, ...packages.flatMap(({ name }) => INSIDE[name] ?? [])]
  for (const file of own) {
    const [title = '', , ...lines] = readFileSync(join(root, OWN_TEXTS, file), 'utf8').split('\n')
    sections.push(section(title, [lines.join('\n')]))
  }
  return `Third-party notices\n\nThe bundles in this folder contain the following works, under their own licences.\n\n${sections.join('\n')}`
}

function section(title: string, texts: readonly string[]): string {
  return `${RULE}\n${title}\n${RULE}\n\n${texts.map(normalize).join(`\n${RULE}\n\n`)}`
}

/** Unix line ends, no blank edges, so that the file is the same everywhere. */
function normalize(text: string): string {
  const lines = text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(line => line.trimEnd())
  return `${lines.join('\n').trim()}\n`
}

function packagesOf(modules: Iterable<string>): Package[] {
  const packages = new Map<string, Package>()
  for (const path of modules) {
    if (!path.includes(`${sep}node_modules${sep}`)) continue
    const found = packageOf(path)
    packages.set(`${found.name} ${found.version}`, found)
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found)
}

/** The package that a file belongs to: the folder right below node_modules. Inner folders may have a package.json too. */
function packageOf(path: string): Package {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (!isPackageFolder(folder) || !existsSync(file)) continue
    const { name, version, license, author } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Package>
    if (name === undefined || version === undefined) continue
    return { name, version, license: license ?? 'none', folder, ...(typeof author === 'string' && { author }) }
  }
  throw new Error(`no package holds ${path}`)
}

/** The texts of licences that packages name and do not bring; what they ask for is to name the author as well. */
const STANDARD_TEXTS = ['ISC', 'Apache-2.0']

function standardText(root: string, license: string, author: string): string | undefined {
  // The project's own licence is the same, with another name in it.
  if (license === 'MIT') return readText(root, 'LICENSE').replace(/^Copyright .*$/m, `Copyright (c) ${author}`)
  if (!STANDARD_TEXTS.includes(license)) return undefined
  return `Author: ${author}\n\n${readText(root, OWN_TEXTS, 'licences', `${license}.txt`).replace('AUTHOR', author)}`
}

const readText = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8')

function isPackageFolder(folder: string): boolean {
  const parent = dirname(folder)
  return (
    basename(parent) === 'node_modules' ||
    (basename(parent).startsWith('@') && basename(dirname(parent)) === 'node_modules')
  )
}

function licenceTexts(root: string, { name, folder, license, author }: Package): string[] {
  const files = readdirSync(folder)
    .filter(file => LICENCE_FILE.test(file))
    .sort()
  if (files.length === 0) {
    const text = author === undefined ? undefined : standardText(root, license, author)
    if (text === undefined) throw new Error(`${name}: the package has no text of its licence`)
    return [text]
  }
  return files.map(file => readFileSync(join(folder, file), 'utf8'))
}

/** Whether an SPDX expression can be met with allowed licences alone. Mixed expressions with inner brackets are refused. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1')
  return bare.split(' OR ').some(choice => choice.split(' AND ').every(licence => ALLOWED.has(licence.trim())))
}
