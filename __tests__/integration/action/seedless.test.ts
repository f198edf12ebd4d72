/** Jobs on a machine that has no Nix, of a project without a seed: Nix is installed, and kept for the next job. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { CacheServer } from '../../support/cache-server.ts'
import { requireLab, useTempFolder } from '../../support/lab.ts'
import { LAB_SUBSTITUTER } from '../../support/machine.ts'
import { makeRelease, ReleaseServer, type TestRelease } from '../../support/nix-release.ts'
import {
  clean,
  errorsOf,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  useStory,
  warningsOf,
  type StoryJob
} from '../../support/story.ts'

requireLab()
const folder = useTempFolder()
const story = useStory()
const server = new ReleaseServer()
let cache: CacheServer
let release: TestRelease

beforeAll(async () => {
  release = await makeRelease(join(folder(), 'release'))
  server.publish(release)
  await server.start()
  cache = await CacheServer.start()
}, STORY_TIMEOUT_MS)
afterAll(async () => {
  await server.stop()
  await cache.close()
})

function job(inputs: Record<string, string> = {}): Promise<StoryJob> {
  return story().job({
    // What the cache keeps is found by its path too, which on hosted runners is always the same.
    place: 'job',
    permissions: READ_PERMISSIONS,
    cache: { url: cache.url, token: cache.token },
    watched: { signature: cache.signature },
    with: {
      'nix-version': release.version,
      'nix-sha256': release.sha256,
      'nix-releases': server.url,
      'extra-nix-conf': LAB_SUBSTITUTER,
      ...inputs
    }
  })
}

describe('a job without seed and Nix', () => {
  test(
    'has Nix installed, and builds with it',
    async () => {
      const it = await job()
      expect(clean(await it.step.pre()).log).not.toContain('Install')
      expect(it.machine.storeNames()).toEqual([])
      await it.checkout()
      const main = clean(await it.step.main())
      expect(main.outputs).toMatchObject({ outcome: 'miss', hit: 'false', strategy: 'install' })
      expect(main.outputs['nix-version']).toContain(release.version)
      expect(main.groups).toContain('Install Nix')
      expect(clean(await it.job.run('nix --version && nix build --no-link --print-build-logs')).log).toMatch(
        new RegExp(`^nix \\(Nix\\) ${release.version}\n`)
      )
      clean(await it.step.post())
      expect(server.requests).toEqual([expect.stringMatching(/\.tar\.xz$/)])
      expect(cache.keys).toHaveLength(1)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'has it from the cache the next time, and fetches nothing',
    async () => {
      const before = server.requests.length
      const it = await job()
      const { main } = await it.play()
      expect(clean(main).outputs).toMatchObject({ strategy: 'install' })
      expect(server.requests).toHaveLength(before)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'has it all the same where the cache is broken',
    async () => {
      cache.spoil()
      const it = await job()
      const { main } = await it.play()
      expect(main.conclusion).toBe('success')
      expect(errorsOf(main)).toEqual([])
      expect(main.outputs).toMatchObject({ strategy: 'install' })
      expect(warningsOf(main).length).toBeGreaterThan(0)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'fails where the tarball is not what was asked for, with nothing installed',
    async () => {
      const it = await job({ 'nix-sha256': 'a'.repeat(64) })
      const { main } = await it.play()
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringMatching(/SHA-256/)])
      expect(it.machine.storeNames()).toEqual([])
    },
    STORY_TIMEOUT_MS
  )
})

describe('seed mode on such a machine', () => {
  test(
    'makes a first seed, and a next one on top of it, of which it builds the difference alone',
    async () => {
      const first = await job({ mode: 'seed', sign: 'false', pin: 'false', cache: 'false' })
      expect(clean((await first.play()).main).outputs).toMatchObject({ strategy: 'install', reused: 'false' })

      await story().pin()
      await story().changeLock()
      await story().push('Update nixpkgs')
      const next = await story().job({ with: { mode: 'seed', sign: 'false', 'extra-nix-conf': LAB_SUBSTITUTER } })
      const { main } = await next.play()
      expect(clean(main).outputs).toMatchObject({
        outcome: 'stale',
        strategy: 'unpack',
        reused: 'false',
        'pull-request-operation': 'created'
      })
    },
    STORY_TIMEOUT_MS
  )
})
