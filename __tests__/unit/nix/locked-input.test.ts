import { describe, expect, test } from '@jest/globals'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { lockedInputs, lockedUri } from '../../../src/nix/locked-input.ts'

const NAR_HASH = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
const REV = '2c26b46b68ffc68ff99b453c1d30413413422d70'
const github = (repo: string): object => ({
  locked: { type: 'github', owner: 'org', repo, rev: REV, narHash: NAR_HASH, lastModified: 1 }
})
const lockOf = (nodes: Record<string, object>): ReturnType<typeof parseFlakeLock> =>
  parseFlakeLock(JSON.stringify({ version: 7, root: 'root', nodes }), 'flake.lock')

describe('lockedInputs', () => {
  test('names each by the shortest path of inputs, not by its node', () => {
    const lock = lockOf({
      root: { inputs: { utils: 'utils_2', nixpkgs: 'nixpkgs_7' } },
      utils_2: { inputs: { nixpkgs: ['nixpkgs'], systems: 'systems' }, ...github('utils') },
      nixpkgs_7: github('nixpkgs'),
      systems: { inputs: { own: 'nixpkgs' }, ...github('systems') },
      nixpkgs: github('other')
    })
    expect(lockedInputs(lock)).toEqual([
      { name: 'nixpkgs', node: 'nixpkgs_7', uri: `github:org/nixpkgs/${REV}`, narHash: NAR_HASH },
      { name: 'utils', node: 'utils_2', uri: `github:org/utils/${REV}`, narHash: NAR_HASH },
      { name: 'utils/systems', node: 'systems', uri: `github:org/systems/${REV}`, narHash: NAR_HASH },
      { name: 'utils/systems/own', node: 'nixpkgs', uri: `github:org/other/${REV}`, narHash: NAR_HASH }
    ])
  })

  test('leaves out inputs that were named, what only they lead to, and folders of a parent', () => {
    const lock = lockOf({
      root: { inputs: { 'seed-self': 'seed-self', nixpkgs: 'nixpkgs', part: 'part' } },
      'seed-self': { inputs: { more: 'more' }, ...github('project') },
      more: github('more'),
      nixpkgs: github('nixpkgs'),
      part: { locked: { type: 'path', path: './part' }, parent: [] }
    })
    expect(lockedInputs(lock, { without: ['seed-self'] }).map(({ name }) => name)).toEqual(['nixpkgs'])
  })

  test('says so where the lock file leaves the content to the revision', () => {
    const lock = lockOf({
      root: { inputs: { nixpkgs: 'nixpkgs' } },
      nixpkgs: { locked: { type: 'github', owner: 'org', repo: 'nixpkgs', rev: REV } }
    })
    expect(lockedInputs(lock)).toEqual([{ name: 'nixpkgs', node: 'nixpkgs', uri: `github:org/nixpkgs/${REV}` }])
  })

  test('ends where inputs go in a circle', () => {
    const lock = lockOf({
      root: { inputs: { a: 'a' } },
      a: { inputs: { b: 'b', up: [] }, ...github('a') },
      b: { inputs: { a: 'a' }, ...github('b') }
    })
    expect(lockedInputs(lock).map(({ name }) => name)).toEqual(['a', 'a/b'])
  })
})

describe('lockedUri', () => {
  test.each([
    [
      { type: 'github', owner: 'o', repo: 'r', rev: REV, host: 'ghe.example', dir: 'a b' },
      `github:o/r/${REV}?dir=a%20b&host=ghe.example`
    ],
    [{ type: 'gitlab', owner: 'group%2Fsub', repo: 'r', rev: REV }, `gitlab:group%2Fsub/r/${REV}`],
    [{ type: 'sourcehut', owner: '~me', repo: 'r', rev: REV, ref: 'main' }, `sourcehut:~me/r/${REV}`],
    [
      {
        type: 'git',
        url: 'https://user:secret@host/r.git?token=secret',
        rev: REV,
        ref: 'refs/heads/main',
        submodules: true
      },
      `git+https://host/r.git?ref=refs%2Fheads%2Fmain&submodules=1&rev=${REV}`
    ],
    [{ type: 'git', url: 'ssh://git@host/r.git', rev: REV }, `git+ssh://host/r.git?rev=${REV}`],
    [{ type: 'git', url: 'https://oauth2:gl/secret@host/r.git', rev: REV }, `git+https://host/r.git?rev=${REV}`],
    [{ type: 'git', url: 'https://oauth2:gl@secret@host/r.git', rev: REV }, `git+https://host/r.git?rev=${REV}`],
    [{ type: 'git', url: 'https://oauth2%3Asecret@host/r.git', rev: REV }, `git+https://host/r.git?rev=${REV}`],
    [{ type: 'git', url: 'https://oauth2:my secret@host/r.git' }, 'git+https://host/r.git'],
    [{ type: 'git', url: 'https://oauth2:secret' }, 'unknown:address'],
    [{ type: 'git', url: 'oauth2:secret@host/r.git' }, 'unknown:address'],
    [{ type: 'github', owner: 'o', repo: 'r', host: 'user:secret@ghe.example' }, 'github:o/r?host=ghe.example'],
    [{ type: 'hg', url: 'https://host/r', rev: REV }, `hg+https://host/r?rev=${REV}`],
    [{ type: 'tarball', url: 'https://me:secret@host/x.tar.gz?sig=secret#x' }, 'https://host/x.tar.gz'],
    [{ type: 'file', url: 'https://host/x.json' }, 'https://host/x.json'],
    [{ type: 'path', path: '/home/me/in puts', lastModified: 1 }, 'path:/home/me/in%20puts']
  ])('%j is %s', (locked, uri) => {
    expect(lockedUri(locked)).toBe(uri)
    expect(uri).not.toContain('secret')
  })
})
