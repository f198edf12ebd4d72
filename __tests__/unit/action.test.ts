import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { INPUTS, OUTPUTS } from '../../src/phases/input-names.ts'
import { parseInputs } from '../../src/phases/inputs.ts'
import { readTree } from '../../scripts/tree.ts'
import { createJob } from '../support/inputs.ts'
import { lintWorkflows } from '../support/workflow-lint.ts'
import type { Complaint, LintedFile } from '../support/workflow-linter.ts'

const root = dirname(dirname(import.meta.dirname))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface ActionFile {
  inputs: Record<string, { description?: string; default?: string; required?: boolean }>
  outputs: Record<string, { description?: string }>
  runs: Record<string, string>
}

const text = read('action.yml')
const action = parse(text) as ActionFile

/** Every workflow that the project shows: the examples, and those of README. */
const workflows: LintedFile[] = [
  ...readdirSync(join(root, 'examples', 'workflows'))
    .filter(name => name.endsWith('.yml'))
    .map(name => ({ path: `.github/workflows/${name}`, text: read(`examples/workflows/${name}`) })),
  ...[...read('README.md').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = ''], at) => ({
    path: `.github/workflows/readme-${at + 1}.yml`,
    text: yaml
  }))
]

/** What workflows of ours use. Of the others it is enough that they exist. */
const actions = { 'org/nix-seed': text, 'actions/checkout': 'name: Checkout\ndescription: Checkout' }

describe('action.yml', () => {
  test('has the inputs that are read, with the defaults that are read', () => {
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ''])
    expect(Object.fromEntries(defaults)).toEqual({ ...INPUTS, 'github-token': '${{ github.token }}' })
  })

  test('has no input that nothing reads', () => {
    const asked = new Set<string>()
    class Asked extends Map<string, string> {
      override get(name: string): string | undefined {
        asked.add(name)
        return super.get(name)
      }
    }
    parseInputs(new Asked(), createJob())
    expect([...asked].sort()).toEqual(Object.keys(action.inputs).sort())
  })

  test('has the outputs that are set', () => {
    expect(Object.keys(action.outputs)).toEqual([...OUTPUTS])
    const phases = [...readTree(join(root, 'src', 'phases'))].filter(([path]) => path !== 'input-names.ts')
    const source = phases.map(([, { bytes }]) => bytes.toString()).join('\n')
    expect(OUTPUTS.filter(name => !new RegExp(`'${name}'|\\b${name}[:,]`).test(source))).toEqual([])
  })

  test('describes each in whole sentences, and requires none', () => {
    const described = Object.entries({ ...action.inputs, ...action.outputs })
    expect(
      described.filter(([, { description }]) => !/^[A-Z`].*\.$/s.test(description ?? '')).map(([name]) => name)
    ).toEqual([])
    expect(Object.values(action.inputs).filter(({ required }) => required !== undefined)).toEqual([])
  })

  test('names its phases, which run whatever becomes of the job', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      pre: 'dist/pre/index.js',
      'pre-if': 'always()',
      main: 'dist/main/index.js',
      post: 'dist/post/index.js',
      'post-if': 'always()'
    })
  })
})

describe('GitHub’s parsers and actionlint', () => {
  const seed = read('examples/workflows/seed.yml')
  const brokenActions = [
    ['a key that there is not', 'using: node24', 'using: node24\n  stages: 3'],
    ['a runtime that there is not', 'using: node24', 'using: node9'],
    ['a missing program', '  main: dist/main/index.js\n', ''],
    ['a missing name', 'name: Nix Seed\n', ''],
    ['a list where text belongs', 'author: Nix Seed maintainers', 'author: [Nix Seed maintainers]']
  ] as const
  const brokenWorkflows = [
    ['an input that the action has not', 'mode: seed', 'modus: seed', /Invalid action input 'modus'/],
    ['a permission that there is not', 'packages: write', 'packages: push', /push/],
    ['a key that there is not', 'runs-on: ubuntu', 'run-on: ubuntu', /run-on/],
    ['an expression that is none', '${{ github.ref }}', '${{ github.ref', /./],
    ['YAML that is none', 'steps:', 'steps: [', /./]
  ] as const
  let complaints: Complaint[]

  // All at once: to start the parsers takes longer than to use them.
  beforeAll(async () => {
    complaints = await lintWorkflows({
      definitions: [
        { path: 'action.yml', text },
        ...brokenActions.map(([, before, after], at) => ({
          path: `broken-${at}/action.yml`,
          text: replaced(text, before, after)
        }))
      ],
      workflows: [
        ...workflows,
        ...brokenWorkflows.map(([, before, after], at) => ({
          path: `.github/workflows/broken-${at}.yml`,
          text: replaced(seed, before, after)
        }))
      ],
      actions
    })
  }, 120_000)

  test('have nothing to say about action.yml and the workflows', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(6)
    expect(complaints.filter(({ path }) => !path.includes('broken'))).toEqual([])
  })

  test.each(brokenActions.map(([what], at) => [what, at] as const))('find %s in an action', (_, at) => {
    expect(complaints.filter(({ path }) => path === `broken-${at}/action.yml`)).not.toEqual([])
  })

  test.each(brokenWorkflows.map(([what, , , message], at) => [what, message, at] as const))(
    'find %s in a workflow',
    (_, message, at) => {
      const found = complaints.filter(({ path }) => path === `.github/workflows/broken-${at}.yml`)
      expect(found.map(complaint => complaint.message)).toContainEqual(expect.stringMatching(message))
    }
  )

  test('are all three at work', () => {
    const tools = new Set(complaints.map(({ tool }) => tool))
    expect([...tools].sort()).toEqual(['actionlint', 'languageservice', 'workflow-parser'])
  })
})

function replaced(whole: string, before: string, after: string): string {
  expect(whole).toContain(before)
  return whole.replace(before, after)
}

describe('the workflows', () => {
  test('use outputs that the action has', () => {
    const used = workflows.flatMap(file =>
      [...file.text.matchAll(/steps\.seed\.outputs\.([\w-]+)/g)].map(([, name]) => name)
    )
    expect(used.length).toBeGreaterThan(0)
    expect(used.filter(name => !(OUTPUTS as readonly (string | undefined)[]).includes(name))).toEqual([])
  })

  test('ask for permissions, and say what each is for', () => {
    for (const file of workflows) {
      const { permissions } = parse(file.text) as { permissions?: Record<string, string> }
      expect(Object.keys(permissions ?? {})).toContain('contents')
      expect(file.text).toMatch(/^ {2}contents: \w+ # \S/m)
    }
  })

  test('that make seeds may ask for the identity that signs them, and no others may', () => {
    const makers = workflows.filter(({ text: yaml }) => /^ *mode: seed$/m.test(yaml))
    const signers = workflows.filter(({ text: yaml }) => /^ {2}id-token: write # \S/m.test(yaml))
    expect(makers.length).toBeGreaterThanOrEqual(4)
    expect(signers.map(({ path }) => path)).toEqual(makers.map(({ path }) => path))
  })

  test('give inputs that the action takes', () => {
    for (const file of workflows) {
      const { jobs } = parse(file.text) as { jobs: Record<string, { steps: { uses?: string; with?: object }[] }> }
      const steps = Object.values(jobs).flatMap(({ steps }) => steps)
      for (const step of steps.filter(({ uses }) => uses?.startsWith('org/nix-seed@') === true)) {
        const given = Object.entries(step.with ?? {}).map(([name, value]) => [name, String(value)] as const)
        expect(parseInputs(new Map(given), createJob()).warnings).toEqual([])
      }
    }
  })
})
