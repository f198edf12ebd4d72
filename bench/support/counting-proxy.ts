/** Stands before a registry and counts what clients fetch. */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Traffic {
  requests: number
  /** Bodies of answers. */
  bytes: number
}

/**
 * What `action` fetches from a registry, to which it is given another address.
 *
 * @param registry `host:port`, over plain HTTP
 */
export async function countTraffic(registry: string, action: (address: string) => Promise<unknown>): Promise<Traffic> {
  const traffic = { requests: 0, bytes: 0 }
  const agent = new Agent({ keepAlive: true })
  const [host = '', port = ''] = registry.split(':')
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    traffic.requests++
    const { method = 'GET', url: path = '/', headers } = incoming
    const onward = request({ host, port, method, path, headers, agent }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.on('data', (piece: Buffer) => (traffic.bytes += piece.length))
      answer.pipe(outgoing)
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }
  const server = createServer(forward)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    await action(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
    agent.destroy()
  }
  return traffic
}
