import { describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PathInfo } from '../../../src/nix/closure.ts'
import { makeDatabase } from '../../../src/nix/database.ts'

const path = (digit: string, name: string) => `/nix/store/${digit.repeat(32)}-${name}`
const hash = (digit: string) => `sha256:${digit.repeat(64)}`
const [a, b, c] = [path('0', 'a'), path('1', 'b'), path('2', 'c')]
const closure: PathInfo[] = [
  { path: a, narHash: hash('a'), narSize: 5_000_000_000, references: [a, c] },
  { path: b, narHash: hash('b'), narSize: 120, references: [], ca: 'fixed:r:sha256:x' },
  { path: c, narHash: hash('c'), narSize: 1, references: [b] }
]
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Reads with the SQLite of Node.js, which is not the one that wrote. */
async function query(sql: string, bytes?: Uint8Array): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nix-seed-test-'))
  try {
    writeFileSync(join(folder, 'db.sqlite'), bytes ?? (await makeDatabase(closure)))
    const database = new DatabaseSync(join(folder, 'db.sqlite'))
    const rows = database
      .prepare(sql)
      .all()
      .map(row => ({ ...row }))
    database.close()
    return rows
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the database', () => {
  test('has the paths in order, with fixed times and without derivers', async () => {
    const rest = { registrationTime: 1, deriver: null, ultimate: null, sigs: null }
    expect(await query('select * from ValidPaths order by id')).toEqual([
      { id: 1, path: a, hash: hash('a'), narSize: 5_000_000_000, ca: null, ...rest },
      { id: 2, path: b, hash: hash('b'), narSize: 120, ca: 'fixed:r:sha256:x', ...rest },
      { id: 3, path: c, hash: hash('c'), narSize: 1, ca: null, ...rest }
    ])
    expect(await query('select * from sqlite_sequence')).toEqual([{ name: 'ValidPaths', seq: 3 }])
  })

  test('has the references, those of a path to itself too', async () => {
    expect(await query('select referrer, reference from Refs order by 1, 2')).toEqual([
      { referrer: 1, reference: 1 },
      { referrer: 1, reference: 3 },
      { referrer: 3, reference: 2 }
    ])
  })

  test('is sound and in WAL mode', async () => {
    expect(await query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(await query('pragma foreign_key_check')).toEqual([])
    expect(await query('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(await query('pragma page_size')).toEqual([{ page_size: 4096 }])
  })

  test('is the same bytes every time, whatever the order of the closure', async () => {
    const once = digest(await makeDatabase(closure))
    expect(digest(await makeDatabase(closure))).toBe(once)
    const shuffled = closure.toReversed().map(info => ({ ...info, references: info.references.toReversed() }))
    expect(digest(await makeDatabase(shuffled))).toBe(once)
    // A golden digest: another one makes every seed out there a new image.
    expect(once).toBe('51d5d34e5f93caa54748dbf3cc2c7de2722391b2703056bb33c48fee65baeace')
  })

  test('of nothing is empty and sound', async () => {
    const bytes = await makeDatabase([])
    expect(await query('select count(*) as n from ValidPaths', bytes)).toEqual([{ n: 0 }])
    expect(await query('pragma integrity_check', bytes)).toEqual([{ integrity_check: 'ok' }])
  })

  test('is refused where a reference leads out of the closure', async () => {
    await expect(makeDatabase([{ path: a, narHash: hash('a'), narSize: 1, references: [b] }])).rejects.toThrow(
      /NOT NULL/
    )
  })
})
