import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { brokenRules } from '../support/dependency-rule.ts'
import { readTree } from '../../scripts/tree.ts'

const root = dirname(dirname(import.meta.dirname))
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))

function sources(): Map<string, string> {
  const files = [...readTree(join(root, 'src'))].filter(([path]) => path.endsWith('.ts'))
  return new Map(files.map(([path, { bytes }]) => [path, bytes.toString()]))
}

describe('the sources', () => {
  test('keep the dependency rule', () => {
    const files = sources()
    expect(files.size).toBeGreaterThan(10)
    expect(brokenRules(files)).toEqual([])
  })
})

describe('the dependency rule', () => {
  const tree = (files: Record<string, string>): string[] => brokenRules(new Map(Object.entries(files)))

  test('lets imports go down, past a layer, and stay in their folder', () => {
    const files = {
      'cli.ts': `import { publish } from './cli/publish.ts'`,
      'cli/publish.ts': `import { plan } from '../seed/plan.ts'\nimport { SeedError } from '../errors.ts'\nimport { x } from './x.ts'`,
      'cli/x.ts': `import { join } from 'node:path'`,
      'seed/plan.ts': `import type { Digest } from '../oci/types.ts'`,
      'oci/types.ts': '',
      'errors.ts': ''
    }
    expect(tree(files)).toEqual([])
  })

  test.each([
    ['a type', `import type { Plan } from '../seed/plan.ts'`],
    ['a value', `import { plan } from '../seed/plan.ts'`],
    ['a dynamic import', `const { plan } = await import('../seed/plan.ts')`],
    ['an export', `export { plan } from '../seed/plan.ts'`]
  ])('refuses an import upwards: %s', (_, text) => {
    expect(tree({ 'oci/a.ts': text, 'seed/plan.ts': '' })).toEqual([
      'src/oci/a.ts imports src/seed/plan.ts: oci must not know seed'
    ])
  })

  test('refuses phases and the command line knowing each other', () => {
    expect(tree({ 'phases/restore.ts': `import '../cli/restore.ts'`, 'cli/restore.ts': '' })).toEqual([
      'src/phases/restore.ts imports src/cli/restore.ts: phases must not know cli'
    ])
  })

  test('refuses the foundation knowing anything above it', () => {
    expect(tree({ 'ports.ts': `import './oci/name.ts'`, 'oci/name.ts': '' })).toEqual([
      'src/ports.ts imports src/oci/name.ts: the foundation must not know oci'
    ])
  })

  test('refuses the Actions toolkit below the entries', () => {
    const toolkit = `import * as core from '@actions/core'`
    const files = { 'phases/seed.ts': toolkit, 'main.ts': toolkit, 'actions/runner.ts': toolkit }
    expect(tree(files)).toEqual([
      'src/phases/seed.ts imports @actions/core: only src/actions binds the Actions toolkit',
      'src/main.ts imports @actions/core: only src/actions binds the Actions toolkit'
    ])
  })

  test('refuses what is not part of the product', () => {
    expect(tree({ 'oci/a.ts': `import '../../lab/main.ts'` })).toEqual([
      'src/oci/a.ts imports lab/main.ts: the product does not need the rest of the project'
    ])
  })

  test('refuses cycles', () => {
    const files = { 'oci/a.ts': `import './b.ts'`, 'oci/b.ts': `import './c.ts'`, 'oci/c.ts': `import './a.ts'` }
    expect(tree(files)).toEqual(['src/oci/a.ts → src/oci/b.ts → src/oci/c.ts → src/oci/a.ts: a cycle'])
  })

  test('asks for the layer of a new folder', () => {
    expect(tree({ 'magic/a.ts': '' })).toEqual(['src/magic/a.ts: magic has no layer in dependency-rule.ts'])
  })
})

describe('the package', () => {
  test('has the licence that its LICENSE file holds', () => {
    expect(readJson('package.json')).toMatchObject({ license: 'MIT' })
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^MIT License\n\nCopyright \(c\) /)
  })

  test('names one exact version of every package it needs', () => {
    const { dependencies, devDependencies, optionalDependencies } = readJson('package.json') as Record<string, object>
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(versions.length).toBeGreaterThan(5)
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version as string))).toEqual([])
  })

  test('locks contents and no addresses of a registry', () => {
    const { packages } = readJson('package-lock.json') as { packages: Record<string, Record<string, unknown>> }
    const locked = Object.entries(packages).filter(([path]) => path !== '')
    expect(locked.filter(([, entry]) => 'resolved' in entry).map(([path]) => path)).toEqual([])
    expect(locked.filter(([, entry]) => typeof entry.integrity !== 'string').map(([path]) => path)).toEqual([])
  })
})
