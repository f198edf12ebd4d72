import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const MODULE = join(import.meta.dirname, '../../../src/cli/heap.ts')

/** The most that the heap of a process has, in bytes, which makes very many things and keeps each for a while. */
function heapOf(prepare: string): number {
  const script = `
    ${prepare}
    const kept = []
    let most = 0
    for (let i = 0; i < 1_000_000; i++) {
      kept[i % 100_000] = { i, text: String(i), list: [i] }
      if (i % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal)
    }
    console.log(most)`
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }))
}

test('a process that is told to keep its heap small has a smaller one for the same work', () => {
  const small = heapOf(`import { keepHeapSmall } from ${JSON.stringify(MODULE)}; keepHeapSmall()`)
  expect(small).toBeLessThan(0.75 * heapOf(''))
})
