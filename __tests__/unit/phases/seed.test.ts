import { expect, test } from '@jest/globals'
import { isOfMerged } from '../../../src/phases/seed.ts'

// A workflow_run of the repository itself is handed what a pull request ran for, and may check that out.
test.each([
  ['push', true],
  ['schedule', true],
  ['workflow_dispatch', true],
  ['pull_request', false],
  ['pull_request_target', false],
  ['merge_group', false],
  ['workflow_run', false]
])('a seed of %s is pinned: %s', (event, isPinned) => {
  expect(isOfMerged(event)).toBe(isPinned)
})
