import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { parsePathInfo } from '../../../src/nix/closure.ts'
import type { PathInfo } from '../../../src/nix/closure.ts'

const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/nix/${name}.json`, import.meta.url), 'utf8'))

const fixed = '/nix/store/21ms7ghwn3cz7qfanbs3xyg5wm36a4y2-fixed'
const lib = '/nix/store/4j35rzffsh1cdydzc8c9fxmbn5a81f2q-lib'
const tool = '/nix/store/rn5xfglkr7casancbz61952jda24lrjr-tool'
const source = '/nix/store/wiw76i28j0p4irpkgsd5pg8wwk3255im-source'

const built: PathInfo[] = [
  {
    path: fixed,
    narHash: 'sha256:37ccfcce3135809b5003d8cdb7d07399d208dcd18ee7d74ce1ef7e892515c31f',
    narSize: 120,
    references: [],
    ca: 'fixed:sha256:0d75vbn546fz9d9ip0f03daqhpm99h3fv14ci4afcmk3ir0p2c0c'
  },
  {
    path: lib,
    narHash: 'sha256:23bf4004cfccb8c9254b3b13c10e66d7188f76af7b368e218babe98159989f0f',
    narSize: 120,
    references: []
  },
  {
    path: tool,
    narHash: 'sha256:28820defdfd72dbc6ef5c2e68ec3f6c044ee82d5c786b58c2c5d90f7139523a8',
    narSize: 264,
    references: [fixed, lib, tool]
  }
]
const fetched: PathInfo = {
  path: source,
  narHash: 'sha256:80483980317ed4179acf79c641d4c0bc2e1a28e465463dd95152551ac66e9811',
  narSize: 1048,
  references: [],
  ca: 'fixed:r:sha256:04cqdv31lmaja7cksik5whl1lbmwq3a43ikrryd1gm3y6603jj40'
}

describe('parsePathInfo reads', () => {
  test.each([
    ['the list of Nix 2.8', 'path-info-2.8', built],
    ['the object keyed by path of Nix 2.34', 'path-info-2.34-v1', [...built, fetched]],
    ['format 2 of Nix 2.34, with structured content addresses', 'path-info-2.34-v2', [...built, fetched]]
  ])('%s', (_, name, expected) => {
    expect(parsePathInfo(recorded(name))).toEqual(expected)
  })

  test('hashes in any encoding, references in any order', () => {
    const info = {
      narHash: 'sha256:04cqdv31lmaja7cksik5whl1lbmwq3a43ikrryd1gm3y6603jj40',
      narSize: 1048,
      references: [tool, fixed]
    }
    expect(parsePathInfo({ [source]: info })).toEqual([
      { path: source, narHash: fetched.narHash, narSize: 1048, references: [fixed, tool] }
    ])
  })

  test('structured hashes with algorithm and digest apart', () => {
    const hash = { algorithm: 'sha256', format: 'base64', hash: 'gEg5gDF+1Beaz3nGQdTAvC4aKORlRj3ZUVJVGsZumBE=' }
    const info = { narHash: hash, narSize: 1048, references: [], ca: { method: 'nar', hash } }
    expect(parsePathInfo({ info: { [source.slice(11)]: info }, version: 2 })).toEqual([fetched])
  })
})

describe('parsePathInfo refuses', () => {
  test.each([
    ['as Nix 2.8 says it', recorded('path-info-2.8-invalid')],
    ['as Nix 2.34 says it', { '/nix/store/0000w76i28j0p4irpkgsd5pg8wwk3255-source': null }]
  ])('a path that is not valid, %s', (_, json) => {
    expect(() => parsePathInfo(json)).toThrow(
      expect.objectContaining({
        code: 'STORE_INVALID',
        message: '/nix/store/0000w76i28j0p4irpkgsd5pg8wwk3255-source is not valid in the store'
      })
    )
  })

  test('another store directory', () => {
    const path = '/home/me/store/0000w76i28j0p4irpkgsd5pg8wwk3255-source'
    expect(() => parsePathInfo([{ path, narHash: fetched.narHash, narSize: 1, references: [] }])).toThrow(
      expect.objectContaining({ code: 'STORE_INVALID', hint: expect.stringContaining('/nix/store') })
    )
  })

  test.each([
    ['no document', 'x'],
    ['no size', [{ path: source, narHash: fetched.narHash, references: [] }]],
    ['no references', [{ path: source, narHash: fetched.narHash, narSize: 1 }]],
    ['an unknown content address', [{ ...fetched, ca: { method: 'odd', hash: 'sha256-x' } }]]
  ])('%s', (_, json) => {
    expect(() => parsePathInfo(json)).toThrow(expect.objectContaining({ code: 'TOOL_FAILED' }))
  })

  test('a hash of another algorithm', () => {
    expect(() => parsePathInfo([{ ...fetched, narHash: 'sha1-VAzeZttlYHu7ELt21Fe2LxZc0qc=' }])).toThrow(
      expect.objectContaining({ code: 'STORE_INVALID' })
    )
  })
})
