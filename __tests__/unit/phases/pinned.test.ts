import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { SeedError } from '../../../src/errors.ts'
import { remoteOptions, withPermission } from '../../../src/phases/context.ts'
import { insideWorkspace, lockOfCheckout, readPinned } from '../../../src/phases/pinned.ts'
import { isFatal } from '../../../src/phases/restore.ts'
import { failureOf } from '../../support/failure.ts'
import { lockWith, pinBytes, pinned } from '../../support/lock.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

let made: MemoryPhase | undefined
afterEach(() => made?.remove())

function job(options: MemoryPhaseOptions = {}): MemoryPhase {
  made = memoryPhase(options)
  mkdirSync(made.phase.runner.job.workspace, { recursive: true })
  return made
}

describe('the lock file of the checkout', () => {
  test('is read from the folder of the flake', async () => {
    const { phase, root } = job({ inputs: { flake: 'nix/ci' } })
    expect(await lockOfCheckout(phase)).toBeUndefined()
    mkdirSync(join(root, 'work/nix/ci'), { recursive: true })
    writeFileSync(join(root, 'work/nix/ci/flake.lock'), 'text')
    expect(await lockOfCheckout(phase)).toEqual({ text: 'text', resource: join(root, 'work/nix/ci/flake.lock') })
  })

  test('is read through links that stay inside', async () => {
    const { phase, root } = job({ inputs: { flake: 'link' } })
    mkdirSync(join(root, 'work/real'))
    writeFileSync(join(root, 'work/real/flake.lock'), 'text')
    symlinkSync('real', join(root, 'work/link'))
    expect((await lockOfCheckout(phase))?.text).toBe('text')
    expect(await insideWorkspace('.', phase)).toMatch(/work\/real$/)
  })

  test.each([
    ['its folder', (root: string) => symlinkSync(join(root, 'outside'), join(root, 'work/flake'))],
    [
      'itself',
      (root: string) => {
        mkdirSync(join(root, 'work/flake'))
        symlinkSync(join(root, 'outside/flake.lock'), join(root, 'work/flake/flake.lock'))
      }
    ]
  ])('is refused where %s is a link out of the workspace', async (_, make) => {
    const { phase, root } = job({ inputs: { flake: 'flake' } })
    // A name that begins like that of the workspace is no part of it.
    mkdirSync(join(root, 'outside'))
    writeFileSync(join(root, 'outside/flake.lock'), 'secret')
    make(root)
    const error = await failureOf(lockOfCheckout(phase))
    expect(error).toMatchObject({ code: 'USAGE', resource: join(root, 'work/flake/flake.lock') })
    expect(isFatal(error, 'restore')).toBe(true)
  })

  test('is refused where it is no file, or larger than any lock file is', async () => {
    const { phase, root } = job()
    mkdirSync(join(root, 'work/flake.lock'))
    expect(await failureOf(lockOfCheckout(phase))).toMatchObject({ code: 'LOCK_INVALID', message: /no file/ })
    made!.remove()
    const other = job()
    writeFileSync(join(other.root, 'work/flake.lock'), '')
    truncateSync(join(other.root, 'work/flake.lock'), 33 * 1024 * 1024)
    expect(await failureOf(lockOfCheckout(other.phase))).toMatchObject({ code: 'LOCK_INVALID', message: /more than/ })
  })
})

describe('credentials of the workflow', () => {
  const credentials = { registryUsername: 'mona', registryPassword: 'secret', insecureRegistry: true } as const
  const image = { kind: 'registry', host: 'Registry.Example', repository: 'octo/seed' } as const
  const other = { ...image, repository: 'octo/other' }

  test.each([
    ['the image', image, true],
    ['the image, its host written otherwise', { ...image, host: 'registry.example' }, true],
    ['an image that is trusted', other, false],
    ['the same repository elsewhere', { ...image, host: 'registry.example.evil' }, false],
    ['the same repository at another port', { ...image, host: 'registry.example:8080' }, false]
  ])('for %s: %s', (_, name, isGiven) => {
    const options = remoteOptions(job({ inputs: { image, trustedImages: [other], ...credentials } }).phase, name)
    expect(options.credentials).toEqual(isGiven ? { username: 'mona', password: 'secret' } : undefined)
    expect(options.insecure).toBe(isGiven ? true : undefined)
  })

  test('that the registry of the forge refuses are explained, and those of others are not', () => {
    const denied = new SeedError('REGISTRY_DENIED', 'no', { resource: 'ghcr.io/o/r' })
    const told = withPermission(denied, 'packages: read', job().phase)
    expect(told).toMatchObject({
      resource: 'ghcr.io/o/r',
      hint: expect.stringContaining('permissions:\n  packages: read')
    })
    expect(withPermission(denied, 'packages: read', job({ inputs: { registryIsForge: false } }).phase)).toBe(denied)
    const else_ = new SeedError('NOT_FOUND', 'no')
    expect(withPermission(else_, 'packages: read', job().phase)).toBe(else_)
  })
})

describe('the pin of a lock', () => {
  const rev = '1'.repeat(40)
  const read = (bytes: Buffer, options: MemoryPhaseOptions = {}) => {
    const { phase } = job(options)
    return readPinned({ text: lockWith('https://example.org', { rev, bytes }), resource: 'flake.lock' }, phase)
  }

  test('whose commit has no seed.json, or is not to be seen, is no reason to stop a job', async () => {
    const response = { status: 404, headers: {}, data: { message: 'Not Found' } }
    const request = () => Promise.reject(Object.assign(new Error('Not Found'), { status: 404, response }))
    const bytes = pinBytes({ 'x86_64-linux': pinned('0'.repeat(64)) })
    const error = await failureOf(read(bytes, { forge: { request } }))
    expect(error).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('permissions:\n  contents: read') })
    expect(isFatal(error, 'restore')).toBe(false)
  })
})

test.each([
  ['USAGE', true],
  ['LOCK_INVALID', true],
  ['PIN_INVALID', true],
  ['SEED_REFUSED', true],
  ['NOT_A_SEED', true],
  ['DIGEST_MISMATCH', true],
  ['CONTENT_INVALID', true],
  ['INTERRUPTED', true],
  ['NOT_FOUND', false],
  ['REGISTRY_DENIED', false],
  ['REGISTRY_UNREACHABLE', false],
  ['FORGE_DENIED', false],
  ['FORGE_LIMITED', false],
  ['DISK_FULL', false],
  ['NO_PRIVILEGE', false]
] as const)('%s stops a job: %s', (code, fatal) => {
  expect(isFatal(new SeedError(code, ''), 'restore')).toBe(fatal)
})

test.each([
  ['PIN_INVALID', false],
  ['SEED_REFUSED', false],
  ['NOT_A_SEED', false],
  ['LOCK_INVALID', true],
  ['DIGEST_MISMATCH', true],
  ['CONTENT_INVALID', true],
  ['INTERRUPTED', true]
] as const)('%s stops seed mode, which mends pins: %s', (code, fatal) => {
  expect(isFatal(new SeedError(code, ''), 'seed')).toBe(fatal)
})

test('a defect stops a job', () => {
  expect(isFatal(new TypeError(), 'seed')).toBe(true)
})
