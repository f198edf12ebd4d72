/** A job whose container is a seed: there is nothing to restore, and everything to build with. */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { realpathSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { podmanEngine, pullImage } from '../../../lab/job.ts'
import { output, requireLab } from '../../support/lab.ts'
import {
  built,
  clean,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  type StoryJob
} from '../../support/story.ts'

requireLab()
const story = useStory({ compiled: true, pinned: true })

const PROJECT = join(import.meta.dirname, '../../..')
const containers: string[] = []

afterAll(async () => {
  for (const name of containers) await output(['podman', 'rm', '--force', '--time', '0', name])
}, STORY_TIMEOUT_MS)

/** A container as the runner makes one, with the folders at the paths that they have outside. */
async function startContainer(image: string, folders: readonly string[]): Promise<{ name: string; path: string }> {
  const name = `story-${randomBytes(6).toString('hex')}`
  const { createOptions } = podmanEngine()
  const volumes = folders.flatMap(folder => ['--volume', `${folder}:${folder}`])
  // The network of the lab has nothing but its loopback, where forge and registry are.
  const options = ['--name', name, '--network', 'host', '--entrypoint', 'tail', ...createOptions, ...volumes]
  const hosts = ['github.com', 'api.github.com'].flatMap(host => ['--add-host', `${host}:${story().github.address}`])
  await output(['podman', 'create', ...options, ...hosts, image, '-f', '/dev/null'])
  containers.push(name)
  await output(['podman', 'start', name])
  return { name, path: await output(['podman', 'exec', name, 'sh', '-c', 'echo "$PATH"']) }
}

/** A job in a container of `image`. Values of variables go by the environment, as from the runner, and by no argument. */
async function jobIn(image: string): Promise<StoryJob> {
  let name = ''
  const enclose = (command: readonly string[], env: Readonly<Record<string, string>>) => {
    const names = Object.keys(env).flatMap(name => ['--env', name])
    return ['podman', 'exec', ...names, name, ...command]
  }
  // podman itself is found by the runner's PATH; inside, that of the image counts.
  const it = await story().job({ permissions: READ_PERMISSIONS, enclose })
  const folders = [it.job.options.folder, join(PROJECT, 'dist'), dirname(realpathSync(process.execPath))]
  const container = await startContainer(image, [...folders, story().certificate, story().github.repository.folder])
  name = container.name
  it.job.basePath = container.path
  return it
}

describe('in a container made from the pinned seed', () => {
  let image: string
  beforeAll(async () => {
    image = (await story().pins()).systems[SYSTEM]!.image
    await pullImage(podmanEngine(), image)
  }, STORY_TIMEOUT_MS)

  test(
    'nothing is restored, and the project is built with what is there',
    async () => {
      const it = await jobIn(image)
      const requests = story().github.requests.length
      clean(await it.step.pre())
      expect(story().github.requests.slice(requests)).toEqual([])
      // The git of the lab's package set fetches from folders alone.
      clean(await it.job.checkout(story().github.repository.folder))
      const main = clean(await it.step.main())
      expect(main.outputs).toMatchObject({ outcome: 'container', hit: 'true', strategy: 'container', bytes: '0' })
      const build = clean(await it.job.run('nix build --no-link --print-build-logs'))
      expect(built(build.log)).toEqual(['hello-1.0'])
      const post = clean(await it.step.post())
      expect(post.summary).toContain('the job runs in its seed')
    },
    STORY_TIMEOUT_MS
  )

  test(
    'of another lock, that is said and the job goes on',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs')
      const it = await jobIn(image)
      await it.step.pre()
      clean(await it.job.checkout(story().github.repository.folder))
      const main = clean(await it.step.main())
      expect(main.outputs).toMatchObject({ outcome: 'container', hit: 'false', strategy: 'container' })
      expect(main.outputs.reason).toMatch(/flake\.lock has changed/)
    },
    STORY_TIMEOUT_MS
  )
})
