import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isAllowed, renderNotices } from '../../../scripts/notices.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nix-seed-notices-'))
  write('scripts/notices/webpack.txt', 'webpack (MIT)\n\nCopyright of webpack\n')
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

function write(path: string, text: string): string {
  const file = join(root, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** @returns a module of the package */
function addPackage(name: string, license: string | undefined, texts: Record<string, string>): string {
  const folder = `node_modules/${name}`
  write(`${folder}/package.json`, JSON.stringify({ name, version: '1.2.3', license }))
  write(`${folder}/lib/package.json`, '{"type":"module"}')
  for (const [file, text] of Object.entries(texts)) write(`${folder}/${file}`, text)
  return write(`${folder}/lib/index.js`, '')
}

describe('the notices', () => {
  test('hold each package once, by name, with all its licence files', () => {
    const b = addPackage('b', 'ISC', { LICENSE: 'text of b\r\n', 'NOTICE.md': 'notice of b' })
    const a = addPackage('@scope/a', '(MIT OR GPL-3.0-only)', { 'licence.txt': '\n  text of a  \n\n' })
    const text = renderNotices(root, [b, a, b, join(root, 'src', 'cli.js')])
    const marks = [
      '@scope/a 1.2.3',
      'text of a\n',
      'b 1.2.3 (ISC)',
      'text of b\n',
      'notice of b\n',
      'Copyright of webpack\n'
    ]
    expect(marks.map(mark => text.split(mark).length - 1)).toEqual([1, 1, 1, 1, 1, 1])
    expect(marks.map(mark => text.indexOf(mark))).toEqual(
      marks.map(mark => text.indexOf(mark)).toSorted((x, y) => x - y)
    )
    expect(text).not.toContain('\r')
    expect(renderNotices(root, [a, b])).toBe(text)
  })

  test('refuse a licence that is not allowed, or not named', () => {
    expect(() => renderNotices(root, [addPackage('c', 'GPL-3.0-only', { LICENSE: 'x' })])).toThrow(
      'c: the licence GPL-3.0-only is not allowed here'
    )
    expect(() => renderNotices(root, [addPackage('d', undefined, { LICENSE: 'x' })])).toThrow('d: the licence none')
  })

  test('bring the text of a common licence that a package only names, with its author', () => {
    write('scripts/notices/licences/ISC.txt', 'Copyright (c) AUTHOR\n\nPermission\n')
    const module = addPackage('f', 'ISC', {})
    write('node_modules/f/package.json', '{"name":"f","version":"1.2.3","license":"ISC","author":"Ada"}')
    expect(renderNotices(root, [module])).toContain('Copyright (c) Ada\n\nPermission\n')
  })

  test('refuse a package without the text', () => {
    expect(() => renderNotices(root, [addPackage('e', 'MIT', {})])).toThrow('e: the package has no text of its licence')
  })
})

test.each([
  ['MIT', true],
  ['(MIT OR CC0-1.0)', true],
  ['GPL-2.0-only OR MIT', true],
  ['MIT AND Apache-2.0', true],
  ['MIT AND GPL-2.0-only', false],
  ['(MIT AND (GPL-2.0-only OR ISC))', false],
  ['SEE LICENSE IN LICENSE', false],
  ['', false]
])('licence %j is allowed: %j', (expression, allowed) => {
  expect(isAllowed(expression)).toBe(allowed)
})
