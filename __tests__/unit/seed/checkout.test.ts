import { describe, expect, test } from '@jest/globals'
import { checkCheckout, commitOf } from '../../../src/seed/checkout.ts'

const COMMIT = '2c26b46b68ffc68ff99b453c1d30413413422d70'
const OTHER = '71b16d7'.padEnd(40, '0')
const source = { uri: 'git+https://github.com/octo-org/project@refs/heads/main', commit: COMMIT }
const local = { type: 'git', url: 'git+file:///src/project' }

describe('checkCheckout', () => {
  test.each([
    ['the commit of the job, checked out', { ...local, rev: COMMIT }],
    [
      'the commit of the job, by its address',
      { type: 'github', url: `github:octo-org/project/${COMMIT}`, rev: COMMIT }
    ],
    ['in other letters', { type: 'github', url: `github:Octo-Org/Project/${COMMIT}`, rev: COMMIT }],
    ['over HTTPS', { type: 'git', url: 'git+https://github.com/octo-org/project.git?ref=main', rev: COMMIT }],
    // Aliases of hosts are common there.
    ['over SSH', { type: 'git', url: 'git+ssh://git@work/octo-org/project', rev: COMMIT }]
  ])('takes %s', (_, tree) => {
    expect(checkCheckout(tree, source)).toBeUndefined()
  })

  test('takes projects of GitLab, groups in groups and hosts of one’s own', () => {
    const own = { uri: 'git+https://git.example/group/sub/project@refs/heads/main', commit: COMMIT }
    const url = `gitlab:group%2Fsub/project/${COMMIT}?host=git.example`
    expect(checkCheckout({ type: 'gitlab', url, rev: COMMIT }, own)).toBeUndefined()
    const elsewhere = `gitlab:group%2Fsub/project/${COMMIT}`
    expect(() => checkCheckout({ type: 'gitlab', url: elsewhere, rev: COMMIT }, own)).toThrow(/is from gitlab\.com/)
  })

  test.each([
    ['a dirty tree', { ...local, dirtyRev: `${COMMIT}-dirty` }, /not committed/, /git status/],
    ['a tree that Git has no commit of, as older Nix has dirty ones', local, /not committed/, /git status/],
    ['another commit', { ...local, rev: OTHER }, new RegExp(`${OTHER}.*${COMMIT}`), /Check out the commit/],
    [
      'the same commit of another repository',
      { type: 'github', url: `github:evil/project/${COMMIT}`, rev: COMMIT },
      /from github\.com\/evil\/project.* of github\.com\/octo-org\/project/,
      /its own repository/
    ],
    [
      'another host',
      { type: 'git', url: 'git+https://evil.example/octo-org/project', rev: COMMIT },
      /from evil\.example/,
      /its own repository/
    ],
    ['an archive', { type: 'tarball', url: 'https://example.org/project.tar.gz' }, /names no commit/, /Git tree/]
  ])('refuses %s', (_, tree, message, hint) => {
    const refused = { code: 'USAGE', resource: expect.any(String) }
    let failure: unknown
    try {
      checkCheckout(tree, source)
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({ ...refused, message: expect.stringMatching(message) })
    expect(failure).toMatchObject({ hint: expect.stringMatching(hint) })
  })

  test('warns of a plain folder, whatever it says of itself', () => {
    const folder = { type: 'path', url: 'path:/src/project' }
    expect(checkCheckout(folder, source)).toContain(COMMIT)
    expect(checkCheckout({ ...folder, rev: COMMIT }, source)).toContain(COMMIT)
    expect(commitOf({ type: 'path', rev: COMMIT })).toBeUndefined()
  })

  test('asks for a commit where the token names none, too', () => {
    expect(() => checkCheckout({ ...local, dirtyRev: 'x' }, undefined)).toThrow(/not committed/)
    expect(checkCheckout({ ...local, rev: OTHER }, undefined)).toBeUndefined()
  })
})
