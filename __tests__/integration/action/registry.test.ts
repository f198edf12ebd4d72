/** The forge's own registry, which takes the job's token: under its own name, over TLS. */
import { createServer, connect, type Server } from 'node:net'
import { appendFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { makeCertificate } from '../../support/certificate.ts'
import { loopbackAddress } from '../../support/github/hosts.ts'
import { requireLab } from '../../support/lab.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { clean, errorsOf, STORY_TIMEOUT_MS, useStory, type StoryJob } from '../../support/story.ts'

requireLab()
const story = useStory()
const address = loopbackAddress()
let token = ''
let registry: RegistryServer
let way: Server

beforeAll(async () => {
  token = story().token()
  const tls = makeCertificate('ghcr.io')
  const auth = { scheme: 'token', username: 'octocat', password: token, realm: 'https://ghcr.io/token' } as const
  registry = await RegistryServer.start({ tls, auth, location: 'relative' })
  appendFileSync(story().certificate, tls.cert)
  way = createServer(socket => {
    const onward = connect(registry.port, '127.0.0.1')
    for (const each of [socket, onward]) each.on('error', () => [socket, onward].forEach(end => end.destroy()))
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>(resolve => way.listen(443, address, resolve))
}, STORY_TIMEOUT_MS)
afterAll(async () => {
  await registry.close()
  await new Promise(resolve => way.close(resolve))
})

/** Without an input that names the image. */
const job = (): Promise<StoryJob> =>
  story().seedJob({
    token,
    machine: { hosts: { ...story().hosts, 'ghcr.io': address } },
    with: { image: '', pin: 'false' }
  })

describe('the registry of the forge', () => {
  test(
    'that lets the job not write there has the permission named',
    async () => {
      registry.faults.push({ method: 'POST', path: /\/blobs\/uploads\//, times: 100, status: 403, body: '{}' })
      const { main } = await (await job()).play()
      registry.faults.length = 0
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringContaining('permissions:\n  packages: write')])
      expect([...registry.manifests.keys()]).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'takes the seed under the name of the repository, with the token of the job',
    async () => {
      const { main } = await (await job()).play()
      expect(clean(main).outputs.seed).toMatch(/^ghcr\.io\/org\/hello\/seed@sha256:[0-9a-f]{64}$/)
      expect([...registry.manifests.keys()]).toContain(`org/hello/seed@${main.outputs.digest}`)
    },
    STORY_TIMEOUT_MS
  )
})
