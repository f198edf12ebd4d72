import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { exitOf } from '../../../lab/child.ts'
import { forgetJob, mountedJobs, newJobName } from '../../../src/seed/mounted-jobs.ts'

const MODULE = join(import.meta.dirname, '../../../src/seed/mounted-jobs.ts')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The name that a phase gives its job whose runner is a process of the test. */
async function nameFrom(runner: string[]): Promise<string> {
  const script = `import(${JSON.stringify(MODULE)}).then(async m => process.stdout.write(await m.newJobName()))`
  const [program, ...args] = [...runner, process.execPath, '--disable-warning=ExperimentalWarning', '-e', script]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let name = ''
  child.stdout.on('data', (piece: Buffer) => (name += piece.toString()))
  expect(await exitOf(child)).toBe(0)
  return name
}

test('a job lasts as long as the process that runs its phases', async () => {
  const here = await nameFrom([])
  const gone = await nameFrom(['sh', '-c', '"$@"; exit', 'sh'])
  for (const name of [here, gone]) mkdirSync(join(folder, name))
  const jobs = new Map((await mountedJobs(folder)).map(({ name, isOver }) => [name, isOver]))
  expect(jobs).toEqual(
    new Map([
      [here, false],
      [gone, true]
    ])
  )
})

test('each phase gives another name', async () => {
  expect(await newJobName()).not.toBe(await newJobName())
})

test('there are none in a store that nobody has noted any in, and none to forget', async () => {
  const none = join(folder, 'none')
  expect(await mountedJobs(none)).toEqual([])
  await forgetJob('1-2-3-4', { env: {} }, none)
})
