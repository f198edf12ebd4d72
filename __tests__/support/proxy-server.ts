import { createServer, request } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A proxy on 127.0.0.1 that brings everything to one port of this machine, whatever host is asked for. */
export class ProxyServer {
  /** `METHOD TARGET` of what it was asked. */
  readonly asked: string[] = []
  readonly headers: IncomingHttpHeaders[] = []
  /** Answered in place of a tunnel. */
  refusal?: string
  readonly #server: Server
  readonly #tunnels = new Set<Socket>()

  private constructor(port: number) {
    this.#server = createServer((incoming, outgoing) => {
      const target = new URL(incoming.url!)
      this.asked.push(`${incoming.method} ${target.origin}`)
      this.headers.push(incoming.headers)
      const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers
      const path = target.pathname + target.search
      const options = { host: '127.0.0.1', port, method: incoming.method!, path, headers }
      const forwarded = request(options, answer => {
        outgoing.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.destroy())
      incoming.pipe(forwarded)
    })
    this.#server.on('connect', (incoming, socket: Socket) => {
      this.asked.push(`CONNECT ${incoming.url}`)
      this.headers.push(incoming.headers)
      if (this.refusal !== undefined) return void socket.end(this.refusal)
      const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
      for (const end of [socket, target]) this.#tunnels.add(end.on('error', () => {}))
      target.pipe(socket).pipe(target)
    })
  }

  static async start(port: number): Promise<ProxyServer> {
    const proxy = new ProxyServer(port)
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy()
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
