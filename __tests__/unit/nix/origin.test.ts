import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseOrigins } from '../../../src/nix/origin.ts'

const path = (name: string) => `/nix/store/${'0'.repeat(32)}-${name}`
const info = (more: Record<string, unknown>) => ({
  narHash: 'sha256-x',
  narSize: 10,
  references: [],
  ca: null,
  ...more
})

describe('parseOrigins', () => {
  test.each(['path-info-2.8', 'path-info-2.34-v1', 'path-info-2.34-v2'])('reads what Nix printed: %s', name => {
    const file = join(import.meta.dirname, '../../fixtures/nix', `${name}.json`)
    const known = parseOrigins(JSON.parse(readFileSync(file, 'utf8')))
    expect(known.length).toBeGreaterThan(2)
    for (const each of known) {
      expect(each.path).toMatch(/^\/nix\/store\/[0-9a-z]{32}-/)
      expect(each.bytes).toBeGreaterThan(0)
    }
    expect(known.find(each => each.path.endsWith('-lib'))).toMatchObject({ origin: 'built' })
  })

  test.each([
    ['built', { ultimate: true, deriver: path('x.drv') }],
    ['built', { ultimate: true, ca: 'fixed:r:sha256:x' }],
    ['fetched', { signatures: ['cache.example-1:x'], deriver: path('x.drv') }],
    ['fetched', { signatures: ['cache.example-1:x'], ca: 'fixed:r:sha256:x' }],
    ['fetched', { signatures: [], deriver: path('x.drv'), ca: 'fixed:r:sha256:x' }],
    ['fetched', {}],
    ['added', { signatures: [], deriver: null, ca: 'fixed:r:sha256:x' }],
    ['added', { ca: { method: 'nar', hash: 'sha256-x' } }]
  ])('takes for %s what has %j', (origin, more) => {
    expect(parseOrigins({ [path('a')]: info(more) })).toEqual([{ path: path('a'), bytes: 10, origin }])
  })

  test.each([
    ['a path that is not valid', { [path('a')]: null }],
    ['one of an older Nix', [{ path: path('a'), valid: false }]],
    ['a size that is none', { [path('a')]: info({ narSize: 'much' }) }],
    ['another document', 'hello']
  ])('passes over %s', (_, document) => {
    expect(parseOrigins(document)).toEqual([])
  })
})
