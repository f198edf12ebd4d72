import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { mergeOutputs, parseDerivations } from '../../../src/nix/derivation.ts'
import { parseBuilt } from '../../../src/nix/evaluate.ts'
import { parseFlakeMetadata } from '../../../src/nix/flake.ts'

const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/nix/${name}.json`, import.meta.url), 'utf8'))

const fixed = '/nix/store/a8n1r22f023vln5i7ga5xk6sc8cgsbbc-fixed.drv'
const lib = '/nix/store/hwp6pgi6s4729840916m79lxk340pi93-lib.drv'
const tool = '/nix/store/g21hyj6rd6diy7z9k6havk729mwz62gw-tool.drv'

describe('parseDerivations', () => {
  test.each(['derivations-2.8', 'derivations-2.34'])('reads %s', name => {
    const derivations = parseDerivations(recorded(name))
    expect([...derivations.keys()].sort()).toEqual([fixed, tool, lib].sort())
    expect(derivations.get(tool)).toMatchObject({
      path: tool,
      name: 'tool',
      system: 'x86_64-linux',
      outputs: new Map([['out', '/nix/store/rn5xfglkr7casancbz61952jda24lrjr-tool']]),
      inputDrvs: new Map([
        [fixed, ['out']],
        [lib, ['dev', 'out']]
      ]),
      inputSrcs: []
    })
    expect(derivations.get(lib)?.inputSrcs).toEqual(['/nix/store/ikgcwncx2cinpipyb5ig5ipkb4m4vf77-src'])
    // Newer versions print no path for outputs that are fixed by a hash.
    expect(derivations.get(fixed)?.outputs).toEqual(
      new Map([['out', '/nix/store/21ms7ghwn3cz7qfanbs3xyg5wm36a4y2-fixed']])
    )
  })

  const plain = {
    outputs: { out: {} },
    inputSrcs: [],
    system: 'x86_64-linux',
    env: { out: '/1rz4g4znpzjwh1xymhjpm42' }
  }

  test('reads inputs as objects with outputs, as they were from Nix 2.18 on', () => {
    const drv = { ...plain, inputDrvs: { [lib]: { dynamicOutputs: {}, outputs: ['out', 'dev'] } } }
    expect(parseDerivations({ [tool]: drv }).get(tool)?.inputDrvs).toEqual(new Map([[lib, ['dev', 'out']]]))
  })

  test('knows no path of an output that only the build decides', () => {
    expect(parseDerivations({ [tool]: { ...plain, inputDrvs: {} } }).get(tool)?.outputs).toEqual(
      new Map([['out', undefined]])
    )
  })

  test('refuses dynamic derivations by name', () => {
    const inputDrvs = { [lib]: { outputs: [], dynamicOutputs: { out: { outputs: ['out'] } } } }
    expect(() => parseDerivations({ [tool]: { ...plain, inputDrvs } })).toThrow(/inputs of .*-tool\.drv.*dynamic/)
  })

  test('refuses what it does not know', () => {
    expect(() => parseDerivations([])).toThrow(expect.objectContaining({ code: 'TOOL_FAILED' }))
    expect(() => parseDerivations({ [tool]: { ...plain } })).toThrow(
      /input derivations of .*-tool\.drv is not an object/
    )
  })
})

test('mergeOutputs puts outputs of one derivation together and sorts', () => {
  expect(
    mergeOutputs([
      { drvPath: tool, outputs: ['out'] },
      { drvPath: lib, outputs: ['out', 'dev'] },
      { drvPath: tool, outputs: ['doc', 'out'] }
    ])
  ).toEqual([
    { drvPath: tool, outputs: ['doc', 'out'] },
    { drvPath: lib, outputs: ['dev', 'out'] }
  ])
})

test('parseBuilt gives every output, sorted', () => {
  expect(parseBuilt(recorded('build-2.34'))).toEqual(['/nix/store/rn5xfglkr7casancbz61952jda24lrjr-tool'])
  const out = '/nix/store/rn5xfglkr7casancbz61952jda24lrjr-tool'
  const dev = '/nix/store/4j35rzffsh1cdydzc8c9fxmbn5a81f2q-dev'
  expect(parseBuilt([{ drvPath: tool, outputs: { out, dev } }, { path: dev }, out])).toEqual([dev, out])
})

describe('parseFlakeMetadata', () => {
  test('reads what Nix 2.34 says of a folder in a dirty Git tree', () => {
    expect(parseFlakeMetadata(recorded('metadata-2.34'))).toMatchObject({
      reference: 'git+file:///tmp/nixeng/f2?dir=sub',
      url: 'git+file:///tmp/nixeng/f2',
      dir: 'sub',
      type: 'git',
      lockFile: expect.stringMatching(/^\/nix\/store\/[a-z0-9]{32}-source\/sub\/flake\.lock$/)
    })
  })

  test('reads what Nix 2.8 says', () => {
    const flake = parseFlakeMetadata(recorded('metadata-2.8'))
    expect(flake).toMatchObject({ dir: '', narHash: 'sha256-GyltGpkSl6wmBZdkHKtjHwdR8ax36JpYyIFqOUj6k9c=' })
    expect(flake).not.toHaveProperty('rev')
  })

  test('uses a remote flake at its commit, and shows it without credentials', () => {
    const locked = { type: 'git', rev: 'a'.repeat(40), narHash: 'sha256-x', lastModified: 5, revCount: 3 }
    const flake = parseFlakeMetadata({
      locked,
      locks: { nodes: { root: {} }, root: 'root', version: 7 },
      path: '/nix/store/wiw76i28j0p4irpkgsd5pg8wwk3255im-source',
      resolvedUrl: 'git+https://me:token@host/repo',
      url: `git+https://me:token@host/repo?rev=${'a'.repeat(40)}`
    })
    expect(flake).toMatchObject({ rev: 'a'.repeat(40), revCount: 3, url: 'git+https://host/repo' })
    expect(flake.reference).toContain('rev=aaaa')
  })
})
