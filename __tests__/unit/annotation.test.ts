import { describe, expect, test } from '@jest/globals'
import { annotationOf } from '../../src/annotation.ts'
import { SeedError } from '../../src/errors.ts'

describe('a failure that has a name', () => {
  test('is told with its resource and what to do', () => {
    const error = new SeedError('REGISTRY_DENIED', 'the registry refuses access', {
      resource: 'https://user:pw@ghcr.io/v2/x?token=abc',
      hint: 'Give the job "packages: write".',
      cause: new Error('secret of the cause')
    })
    expect(annotationOf(error)).toEqual({
      title: 'Nix Seed',
      message: 'The registry refuses access (https://ghcr.io/v2/x)\nGive the job "packages: write".'
    })
  })

  test('does not name its resource twice', () => {
    const error = new SeedError('LOCK_INVALID', 'flake.lock is no JSON', { resource: 'flake.lock' })
    expect(annotationOf(error).message).toBe('flake.lock is no JSON')
  })
})

describe('any other failure', () => {
  test('is a defect, with its stack for the debug log alone', () => {
    const { title, message, stack } = annotationOf(new TypeError('x is no function\nat https://a:b@host/y?z=1'))
    expect(title).toBe('Nix Seed: a defect')
    expect(message).toMatch(/^Unexpected failure: TypeError: x is no function\nThis is a defect of Nix Seed\./)
    expect(message).not.toContain('annotation.test')
    expect(stack).toContain('annotation.test')
    expect(stack).not.toMatch(/a:b@|z=1/)
  })

  test('even one that is no error', () => {
    expect(annotationOf('boom')).toMatchObject({
      message: expect.stringMatching(/^Unexpected failure: boom\n/),
      stack: 'boom'
    })
  })
})
