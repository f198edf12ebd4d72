/** Jobs that are cancelled in the middle of a transfer: /nix, branches and tags are as they were. */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { requireLab } from '../../support/lab.ts'
import { errorsOf, READ_PERMISSIONS, STORY_TIMEOUT_MS, SYSTEM, useStory } from '../../support/story.ts'

requireLab()
const story = useStory({ pinned: true })

/** A way to the registry on which blobs get stuck. */
class SlowWay {
  /** Settles when the first transfer is stuck. */
  readonly stuck: Promise<void>
  readonly #server: Server
  #isStuck = (): void => {}

  constructor(registry: string) {
    this.stuck = new Promise(resolve => (this.#isStuck = resolve))
    this.#server = createServer((from, to) => this.#pass(registry, from, to))
  }

  async start(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #pass(registry: string, from: IncomingMessage, to: ServerResponse): void {
    const { method = '', url = '', headers } = from
    if (method === 'PATCH') return this.#isStuck() // whose body is never read
    const onward = request(`http://${registry}${url}`, { method, headers: { ...headers, host: registry } }, answer => {
      const location = answer.headers.location?.replace(registry, this.host)
      to.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...(location && { location }) })
      const isLarge = Number(answer.headers['content-length']) > 1e6
      if (method !== 'GET' || !url.includes('/blobs/') || !isLarge) return void answer.pipe(to)
      answer.once('data', (piece: Buffer) => {
        answer.destroy()
        to.write(piece.subarray(0, 4096), () => this.#isStuck())
      })
    })
    onward.on('error', () => to.destroy())
    from.pipe(onward)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

describe('a job that is cancelled', () => {
  let way: SlowWay
  beforeAll(async () => {
    way = new SlowWay(story().registry.address)
    await way.start()
  })
  afterAll(() => way.stop())

  test(
    'while its seed arrives has none of it',
    async () => {
      const { image, ...seed } = (await story().pins()).systems[SYSTEM]!
      await story().pin({ [SYSTEM]: { ...seed, image: image.replace(story().registry.address, way.host) } })
      const it = await story().job({ permissions: READ_PERMISSIONS, with: { image: `${way.host}/org/hello/seed` } })
      const pre = await it.step.start('pre')
      await Promise.race([way.stuck, pre?.done])
      pre?.cancel()
      const result = await pre!.done
      // It has ended by itself, before the runner's patience did.
      expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: expect.any(Number) })
      expect(it.machine.storeNames()).toEqual([])
      expect((await it.step.main()).conclusion).toBe('skipped')
      expect(await it.step.post()).toMatchObject({ conclusion: 'success' })
      expect(it.job.end().orphans).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'while its seed is published leaves registry and branches as they were',
    async () => {
      const other = new SlowWay(story().registry.address)
      await other.start()
      try {
        await story().changeLock()
        await story().push('Update nixpkgs')
        const { repository } = story().github
        const before = [await repository.branches(), await repository.head('nix-seed')]
        const trusted = `${way.host}/org/hello/seed`
        const it = await story().seedJob({
          with: { image: `${other.host}/org/hello/seed`, 'trusted-images': trusted }
        })
        await it.step.pre()
        await it.checkout()
        const main = await it.step.start('main')
        await Promise.race([other.stuck, main?.done])
        main?.cancel()
        const result = await main!.done
        expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: expect.any(Number) })
        expect(errorsOf(result)).toEqual([expect.stringMatching(/interrupted|cancelled/i)])
        expect([await repository.branches(), await repository.head('nix-seed')]).toEqual(before)
        const tags = await fetch(`http://${story().registry.address}/v2/org/hello/seed/tags/list`)
        const { tags: names } = (await tags.json()) as { tags: string[] }
        expect(names.filter(name => name.startsWith('lock-'))).toHaveLength(1)
        expect((await it.step.post()).conclusion).toBe('success')
        expect(it.job.end().orphans).toEqual([])
      } finally {
        await other.stop()
      }
    },
    STORY_TIMEOUT_MS
  )
})
