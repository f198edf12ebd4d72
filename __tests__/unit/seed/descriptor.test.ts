import { describe, expect, test } from '@jest/globals'
import { ociPlatform, parseDescriptor } from '../../../src/seed/descriptor.ts'

const storePath = (name: string): string => `/nix/store/0123456789abcdfghijklmnpqrsvwxyz-${name}`

const valid = {
  version: 1,
  name: 'seed',
  system: 'x86_64-linux',
  roots: [storePath('nix-2.34')],
  inputs: [storePath('source')],
  rootfs: storePath('seed-root'),
  directories: [{ path: '/tmp', mode: '1777' }],
  config: { Env: ['PATH=/bin'], Cmd: ['/bin/bash'], WorkingDir: '/' },
  tools: { zstd: `${storePath('zstd-1.5')}/bin/zstd`, 'erofs-utils': null }
}

describe('parseDescriptor', () => {
  test('takes what mkSeed makes', () => {
    const licenses = { [storePath('zlib-1.3')]: ['Zlib'] }
    expect(parseDescriptor(JSON.stringify({ ...valid, licenses }), '.#seed')).toEqual({ ...valid, licenses })
  })

  test('takes what outputs need', () => {
    const outputs = { 'packages.x86_64-linux.a b.c': valid.roots, 'checks.x86_64-linux.none': [] }
    expect(parseDescriptor(JSON.stringify({ ...valid, outputs }), '.#seed')).toEqual({ ...valid, outputs })
  })

  test('takes what earlier releases made, which knew no licences and no outputs', () => {
    expect(parseDescriptor(JSON.stringify(valid), '.#seed')).toEqual(valid)
  })

  test.each([
    ['version', 2],
    ['name', ''],
    ['system', 'x86_64'],
    ['roots', ['/etc/passwd']],
    ['roots', 'none'],
    ['roots', [`${storePath('x')}/../../etc`]],
    ['inputs', [1]],
    ['rootfs', '/tmp/root'],
    ['directories', [{ path: '/tmp/../etc', mode: '1777' }]],
    ['directories', [{ path: 'tmp', mode: '1777' }]],
    ['directories', [{ path: '/tmp', mode: 'rwx' }]],
    ['config', []],
    ['config', { Env: 'PATH=/bin' }],
    ['tools', { 'erofs-utils': null }],
    ['tools', { zstd: '/usr/bin/zstd' }],
    ['licenses', ['MIT']],
    ['licenses', { '/etc/passwd': ['MIT'] }],
    ['licenses', { [storePath('zlib-1.3')]: 'Zlib' }],
    ['licenses', { [storePath('zlib-1.3')]: [null] }],
    ['outputs', []],
    ['outputs', null],
    ['outputs', { 'packages.x86_64-linux.a': valid.roots[0] }],
    ['outputs', { 'packages.x86_64-linux.a': [0] }],
    ['outputs', { 'packages.x86_64-linux.a': [storePath('not-a-root')] }],
    ['outputs', { 'packages.x86_64-linux.a': valid.inputs }],
    ['outputs', { 'packages.a': [] }],
    ['outputs', { 'packages.x86_64-linux.a\u001b[2J': [] }]
  ])('refuses %s = %j and names it', (field, value) => {
    expect(() => parseDescriptor(JSON.stringify({ ...valid, [field]: value }), '.#seed')).toThrow(
      expect.objectContaining({ code: 'NOT_A_SEED', message: expect.stringContaining(field), resource: '.#seed' })
    )
  })

  test.each(['', 'null', '[]', '{', 'a seed'])('refuses %j', text => {
    expect(() => parseDescriptor(text, '.#seed')).toThrow(expect.objectContaining({ code: 'NOT_A_SEED' }))
  })
})

describe('ociPlatform', () => {
  test('speaks of architectures as Go does', () => {
    expect(ociPlatform('x86_64-linux')).toEqual({ os: 'linux', architecture: 'amd64' })
    expect(ociPlatform('aarch64-linux')).toEqual({ os: 'linux', architecture: 'arm64' })
  })

  test('refuses what no container runs on', () => {
    expect(() => ociPlatform('aarch64-darwin')).toThrow(/aarch64-darwin/)
  })
})
