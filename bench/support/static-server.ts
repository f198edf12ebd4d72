/**
 * Serves the files of a folder over HTTP on loopback, from a process of its own: a binary cache, and archives.
 *
 *   node bench/support/static-server.ts FOLDER
 */
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'

export interface StaticServer {
  /** `http://host:port` */
  url: string
  stop(): Promise<void>
}

/** Bytes read at once. */
const PIECE = 1 << 20

export async function startStaticServer(folder: string): Promise<StaticServer> {
  const child = spawn(process.execPath, [import.meta.filename, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()))
  const url = await Promise.race([
    new Promise<string>(resolve => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => Promise.reject(new Error('the server of files ended at once')))
  ])
  const stop = async (): Promise<void> => {
    child.kill()
    await ended
  }
  return { url, stop }
}

async function serve(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  const file = join(folder, normalize(decodeURIComponent(pathname)))
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) {
    response.writeHead(404).end()
    return
  }
  response.writeHead(200, { 'content-length': found.size })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(file, { highWaterMark: PIECE }), response)
}

function main(folder: string): void {
  const server = createServer((request, response) => {
    // A client that goes away in the middle is no failure of the server.
    serve(folder, request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}

if (import.meta.main) main(process.argv[2] ?? '.')
