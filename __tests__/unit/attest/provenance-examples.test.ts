/** The examples in docs/build-types and docs/provenance.md are what the code makes. `UPDATE_EXAMPLES=1` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { certifiedBuilder, plainBuilder, type Builder } from '../../../src/attest/builder.ts'
import { provenance } from '../../../src/attest/provenance.ts'
import { buildFacts } from '../../support/build-facts.ts'
import { circleciClaims, githubClaims, gitlabClaims } from '../../support/sigstore.ts'

const docs = join(import.meta.dirname, '../../../docs/build-types')
const COMMIT = '2c26b46b68ffc68ff99b453c1d30413413422d70'

function certified(claims: Record<string, unknown>): Builder {
  return certifiedBuilder({ token: '', subject: '', issuer: '', claims, expires: new Date() }, { commit: COMMIT })
}

const BUILDERS: Record<string, Builder> = {
  gitlab: certified(gitlabClaims({ iss: 'https://gitlab.com' })),
  circleci: certified(circleciClaims({ iss: 'https://oidc.circleci.com/org/3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11' })),
  plain: plainBuilder({
    id: 'https://builders.example.org/nix-seed/1',
    source: { uri: 'git+https://git.example.org/project', commit: COMMIT }
  })
}

const GITHUB = certified(githubClaims({ iss: 'https://token.actions.githubusercontent.com' }))

/** The document's one block of JSON: what is before it, the block, and what is after it. */
function example(name: string): { file: string; before: string; json: string; after: string } {
  const file = join(docs, `${name}.md`)
  const [, before = '', json = '', after = ''] =
    /^(.*\n```json\n)(.*?)(\n```\n.*)$/s.exec(readFileSync(file, 'utf8')) ?? []
  return { file, before, json, after }
}

/** Names of all members, without those whose names anybody may choose. */
function membersOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(membersOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...membersOf(member)])
}

describe.each(Object.entries(BUILDERS))('docs/build-types/%s.md', (name, builder) => {
  const statement = provenance(builder, buildFacts())

  test('has the example that the code makes', () => {
    const { file, before, json, after } = example(name)
    if (process.env['UPDATE_EXAMPLES']) writeFileSync(file, before + JSON.stringify(statement, null, 2) + after)
    else expect(JSON.parse(json)).toEqual(statement)
  })

  test('is about its own build type', () => {
    expect(example(name).before).toContain(`\`${builder.buildType}\``)
    expect(readFileSync(join(docs, 'README.md'), 'utf8')).toContain(`\`${builder.buildType}\`, [here](${name}.md)`)
  })

  test('explains every parameter of its own', () => {
    const { before } = example(name)
    for (const parameter of membersOf({ ...builder.externalParameters, ...builder.internalParameters })) {
      expect(before).toMatch(new RegExp(`[\`.]${parameter}[\`.]`))
    }
  })
})

test('docs/provenance.md has the example that the code makes', () => {
  const { file, before, json, after } = example('../provenance')
  const statement = provenance(GITHUB, buildFacts())
  if (process.env['UPDATE_EXAMPLES']) writeFileSync(file, before + JSON.stringify(statement, null, 2) + after)
  else expect(JSON.parse(json)).toEqual(statement)
})

test('README.md explains what all have in common', () => {
  const readme = readFileSync(join(docs, 'README.md'), 'utf8')
  const { buildDefinition, runDetails } = provenance(GITHUB, buildFacts()).predicate
  expect(readme).toContain(`\`${buildDefinition.buildType}\``)
  const { version: _chosen, ...builder } = runDetails.builder
  const names = [
    ...Object.keys(buildDefinition.internalParameters['nix'] as object),
    ...Object.keys(builder),
    ...Object.keys(runDetails.metadata),
    ...buildDefinition.resolvedDependencies.map(({ name = 'source' }) => name.replace(/^input .*/, 'input NAME')),
    ...(runDetails.byproducts ?? []).map(({ name = '' }) => name)
  ]
  for (const name of names) expect(readme).toMatch(new RegExp(`[\`. ]${name}[\`:]`))
})
