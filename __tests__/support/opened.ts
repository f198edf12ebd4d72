import type { RemoteOptions } from '../../src/oci/remote.ts'
import { openRepository } from '../../src/oci/repository.ts'
import type { Repository } from '../../src/oci/types.ts'
import { RegistryServer } from './registry-server.ts'
import type { RegistryServerOptions } from './registry-server.ts'

/** Servers and repositories of one test, closed by `close`. */
export class Opened {
  readonly logged: string[] = []
  readonly #things: { close(): Promise<void> }[] = []

  async server(options: RegistryServerOptions = {}): Promise<RegistryServer> {
    return this.add(await RegistryServer.start(options))
  }

  /** Quick to try again, with no environment of its own, and its log kept in `logged`. */
  repository(name: string, options: Partial<RemoteOptions> = {}): Repository {
    const log = (line: string) => void this.logged.push(line)
    const env = { HOME: '/nonexistent', ...options.env }
    return this.add(
      openRepository(name, {
        backoff: { attempts: 4, firstMs: 1, factor: 1, maxMs: 20, jitter: 0 },
        log: { debug: log, info: log, warn: log },
        ...options,
        env
      })
    )
  }

  add<T extends { close(): Promise<void> }>(thing: T): T {
    this.#things.push(thing)
    return thing
  }

  async close(): Promise<void> {
    this.logged.length = 0
    for (const thing of this.#things.splice(0).reverse()) await thing.close()
  }
}

export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** `bytes` in pieces of 64 KiB, from the start at every call. */
export function pieces(bytes: Buffer, size = 64 * 1024): () => AsyncGenerator<Buffer> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
}
