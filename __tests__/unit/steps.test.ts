import { describe, expect, test } from '@jest/globals'
import { SeedError } from '../../src/errors.ts'
import { Steps } from '../../src/steps.ts'
import { failureOf } from '../support/failure.ts'

/** Steps with a clock that goes on by hand. */
function timed(earlier?: Steps['list']): { steps: Steps; pass: (milliseconds: number) => void } {
  let now = 1000
  return {
    steps: new Steps(earlier, () => now),
    pass: milliseconds => {
      now += milliseconds
    }
  }
}

describe('a step', () => {
  test('is recorded with its time, and gives what its action gives', async () => {
    const { steps, pass } = timed()
    const result = await steps.run('Restore', async note => {
      pass(41.6)
      note('first')
      note('451 store paths\nand more')
      return 7
    })
    expect(result).toBe(7)
    expect(steps.list).toEqual([{ name: 'Restore', outcome: 'done', milliseconds: 42, detail: '451 store paths' }])
  })

  test('that fails is recorded and throws as it did', async () => {
    const { steps, pass } = timed()
    const error = new SeedError('DISK_FULL', 'the disk is full\nreally')
    const failure = await failureOf(
      steps.run('Restore', () => {
        pass(5)
        throw error
      })
    )
    expect(failure).toBe(error)
    expect(steps.list).toEqual([{ name: 'Restore', outcome: 'failed', milliseconds: 5, detail: 'the disk is full' }])
  })

  test('that fails by a defect shows nothing of it', async () => {
    const { steps } = timed()
    await failureOf(steps.run('Restore', () => Promise.reject(new TypeError('x of secret'))))
    expect(steps.list[0]?.detail).toBe('unexpected error')
  })

  test('inside of another comes before it', async () => {
    const { steps } = timed()
    await steps.run('outer', () => steps.run('inner', () => undefined))
    expect(steps.list.map(({ name }) => name)).toEqual(['inner', 'outer'])
  })
})

test('steps that are skipped say why', () => {
  const { steps } = timed()
  steps.skip('Publish', 'a fork')
  expect(steps.list).toEqual([{ name: 'Publish', outcome: 'skipped', milliseconds: 0, detail: 'a fork' }])
})

test('steps go on after those of an earlier phase, and lists are copies', async () => {
  const first = timed()
  await first.steps.run('a', () => undefined)
  const second = timed(JSON.parse(JSON.stringify(first.steps.list)))
  await second.steps.run('b', () => undefined)
  expect(second.steps.list.map(({ name }) => name)).toEqual(['a', 'b'])
  second.steps.list.pop()
  expect(second.steps.list).toHaveLength(2)
})
