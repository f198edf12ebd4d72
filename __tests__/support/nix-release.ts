/** A release of Nix in the layout of the official ones, made of the lab's package set, and a server that publishes it. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { output } from './lab.ts'

export interface TestRelease {
  version: string
  system: string
  /** Store paths. */
  nix: string
  cacert: string
  /** All store paths that the tarball has. */
  closure: string[]
  tarball: Buffer
  sha256: string
}

/**
 * Makes the tarball as Nix's own `binary-tarball.nix` does: one folder with the script, the registration and the store,
 * everything of root, writable for the owner, without hard links. Compressed only a little, for speed.
 *
 * @param edit makes it a broken one, by changing the tarball's folder before it is packed; then it has no dependencies
 */
export async function makeRelease(folder: string, edit?: (parts: string) => void): Promise<TestRelease> {
  mkdirSync(folder, { recursive: true })
  const flake = 'path:/lab/packages/current'
  const built = await output(['nix', 'build', '--no-link', '--print-out-paths', `${flake}#nix`, `${flake}#cacert`])
  const [nix = '', cacert = ''] = built.split('\n')
  const version = /-nix-([\d.]+)$/.exec(nix)?.[1] ?? ''
  const system = await output(['nix', 'eval', '--raw', '--impure', '--expr', 'builtins.currentSystem'])
  const requisites = (await output(['nix-store', '--query', '--requisites', nix, cacert])).split('\n')
  const closure = edit === undefined ? requisites : [nix, cacert]
  const name = `nix-${version}-${system}`
  const parts = join(folder, name)
  mkdirSync(parts)
  const script = `#!/bin/sh\ndest="/nix"\nself="$(dirname "$0")"\nnix="${nix}"\ncacert="${cacert}"\n`
  writeFileSync(join(parts, 'install'), script, { mode: 0o755 })
  writeFileSync(join(parts, '.reginfo'), `${await output(['nix-store', '--dump-db', ...closure])}\n`)
  edit?.(parts)
  const file = join(folder, `${name}.tar.xz`)
  const looks = ['--owner=0', '--group=0', '--mode=u+rw,uga+r', '--mtime=@0', '--absolute-names', '--hard-dereference']
  const renamed = [`--transform=s,^${parts},${name},S`, `--transform=s,^/nix/store,${name}/store,S`]
  const packed = ['tar', '-I', 'xz -0', '-cf', file, ...looks, ...renamed, join(parts, 'install')]
  await output([...packed, join(parts, '.reginfo'), ...closure])
  const tarball = readFileSync(file)
  return { version, system, nix, cacert, closure, tarball, sha256: createHash('sha256').update(tarball).digest('hex') }
}

/** Publishes files over HTTP on 127.0.0.1 as a bucket does: with ETag and ranges. */
export class ReleaseServer {
  /** By path. */
  readonly files = new Map<string, Buffer>()
  /** `PATH` or `PATH bytes=…` of each request. */
  readonly requests: string[] = []
  /** The next answers to a `.tar.xz` end after so many bytes: the connection is cut, or never goes on. */
  readonly faults: { afterBytes: number; how: 'cut' | 'stall' }[] = []
  #server: Server | undefined

  async start(): Promise<void> {
    this.#server = createServer((request, response) => this.#answer(request, response))
    await new Promise<void>(resolve => this.#server?.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise(resolve => this.#server?.close(resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}/nix`
  }

  publish(release: TestRelease): void {
    const path = `/nix/nix-${release.version}/nix-${release.version}-${release.system}.tar.xz`
    this.files.set(path, release.tarball)
    this.files.set(`${path}.sha256`, Buffer.from(release.sha256))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { url: path = '', headers } = request
    this.requests.push(headers.range === undefined ? basename(path) : `${basename(path)} ${headers.range}`)
    const file = this.files.get(path)
    if (file === undefined) {
      response.writeHead(404).end('no such key')
      return
    }
    const etag = `"${createHash('md5').update(file).digest('hex')}"`
    const start = headers['if-range'] === etag ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0
    const body = file.subarray(start)
    const range = start > 0 ? { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` } : {}
    response.writeHead(start > 0 ? 206 : 200, { etag, 'content-length': body.length, ...range })
    const fault = path.endsWith('.tar.xz') ? this.faults.shift() : undefined
    if (fault === undefined) response.end(body)
    else response.write(body.subarray(0, fault.afterBytes), () => fault.how === 'cut' && response.destroy())
  }
}
