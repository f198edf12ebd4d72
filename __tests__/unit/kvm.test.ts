import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { enableKvm } from '../../src/kvm.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kvm-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const ports = (): Ports => ({
  log: silentLog,
  progress: silentProgress,
  env: { PATH: folder },
  signal: new AbortController().signal
})

test('a device that is not there is absent', async () => {
  expect(await enableKvm(ports(), join(folder, 'kvm'))).toBe('absent')
  writeFileSync(join(folder, 'file'), '')
  expect(await enableKvm(ports(), join(folder, 'file/kvm'))).toBe('absent')
})

test('a device that can be used is left alone', async () => {
  const device = join(folder, 'kvm')
  writeFileSync(device, '', { mode: 0o600 })
  expect(await enableKvm(ports(), device)).toBe('ready')
  expect(statSync(device).mode & 0o777).toBe(0o600)
})

test('a folder in its way that may not be looked into is a refusal, and no error', async () => {
  if (process.getuid?.() === 0) return // root looks into everything; the lab tests this with another user
  const device = '/root/kvm'
  expect(await enableKvm(ports(), device)).toBe('refused')
})
