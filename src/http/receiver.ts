/**
 * Receives bodies from servers to files and hashes them on the way, in a thread that does nothing else. Bytes come into
 * one buffer a connection, are hashed and written there and then, and no stream or event stands between: that costs a
 * third of what node:http does. It speaks the one exchange that is worth it, a GET whose answer tells its length. All else,
 * and each failure, is left to the client that knows about retries, credentials and proxies.
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { MAX_REDIRECTS, redirectTarget, REDIRECT_STATUSES } from './redirect.ts'
import { MAX_HEAD_BYTES, parseResponseHead, type ResponseHead } from './response-head.ts'

/** Where something can be asked for. */
export interface Located {
  url: string
  /** Among them credentials, for the origin of `url` alone. */
  headers: Record<string, string>
  /** Redirects may lead to plain http. */
  mayLeaveHttps: boolean
  connectTimeoutMs: number
  /** Longest wait for the next bytes. */
  idleTimeoutMs: number
}

export interface ReceiveOrder {
  from: Located
  /** Bytes of the whole. */
  size: number
  /** The bytes to ask for, up to but without `end`. */
  start: number
  end: number
  /** File that is there; bytes are written where they stand in the whole. */
  file: string
  /** Whether what comes is to be hashed. */
  isHashed: boolean
}

export interface Received {
  /** Bytes of the range that are in the file, from its start on. */
  bytes: number
  /** SHA-256 in hexadecimal digits, if that was asked for and all have come. */
  hex?: string
  /** Why not all have come, without any secret. */
  problem?: string
}

/** What fits into a processor's own memory: the bytes are read three times. */
const BUFFER_BYTES = 256 * 1024

/** Whatever is wrong with the network or the server: somebody else is to try. */
class Unreceived extends Error {}

/** Keeps connections for the next order. */
export class Receiver {
  readonly #idle = new Map<string, Connection[]>()

  /**
   * @param onBytes called with the bytes that were written since the last call
   * @throws the system's error where the file cannot be written
   */
  async receive(order: ReceiveOrder, onBytes: (count: number) => void): Promise<Received> {
    const sink = new FileSink(order, onBytes)
    try {
      await this.#get(order, sink)
      return { bytes: sink.bytes, ...(order.isHashed && { hex: sink.digest() }) }
    } catch (error) {
      if (!(error instanceof Unreceived)) throw error
      return { bytes: sink.bytes, problem: error.message }
    } finally {
      sink.close()
    }
  }

  /** Gives up all connections. */
  close(): void {
    for (const connection of [...this.#idle.values()].flat()) connection.close()
    this.#idle.clear()
  }

  async #get(order: ReceiveOrder, sink: FileSink): Promise<void> {
    const { from, size, start, end } = order
    const range = start === 0 && end === size ? {} : { range: `bytes=${start}-${end - 1}` }
    let url = new URL(from.url)
    let headers: Record<string, string> = { ...from.headers, ...range }
    for (let redirects = 0; ; redirects++) {
      const head = await this.#ask(url, headers, from, sink, answer => isWanted(answer, order))
      if (head === undefined) return
      const { location } = head.headers
      if (!REDIRECT_STATUSES.includes(head.status) || location === undefined) {
        throw new Unreceived(`${url.host} answered with status ${head.status}`)
      }
      if (redirects === MAX_REDIRECTS) throw new Unreceived(`${url.host} redirects too often`)
      const next = follow(location, url, from.mayLeaveHttps)
      // Credentials belong to one origin.
      if (next.origin !== url.origin) headers = { 'user-agent': from.headers['user-agent'] ?? '', ...range }
      url = next
    }
  }

  /** @returns the head of an answer that is not wanted; undefined once a wanted one is in the sink */
  async #ask(
    url: URL,
    headers: Record<string, string>,
    from: Located,
    sink: FileSink,
    wants: (head: ResponseHead) => boolean
  ): Promise<ResponseHead | undefined> {
    const kept = this.#idle.get(url.origin)?.pop()
    const connection = kept ?? (await Connection.open(url, from))
    try {
      const head = await connection.get(url, headers, head => (wants(head) ? sink : undefined))
      if (connection.isReusable) this.#idle.set(url.origin, [...(this.#idle.get(url.origin) ?? []), connection])
      else connection.close()
      return wants(head) ? undefined : head
    } catch (error) {
      connection.close()
      // One that was kept may have been closed meanwhile, which says nothing about the server.
      if (kept !== undefined && error instanceof Unreceived && !connection.hasAnswered) {
        return this.#ask(url, headers, from, sink, wants)
      }
      throw error
    }
  }
}

function follow(location: string, base: URL, mayLeaveHttps: boolean): URL {
  try {
    return redirectTarget(location, base, mayLeaveHttps)
  } catch (error) {
    throw new Unreceived((error as Error).message)
  }
}

/** Whether the answer is just the bytes that were asked for. https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
function isWanted({ status, headers, length }: ResponseHead, { size, start, end }: ReceiveOrder): boolean {
  if (length !== end - start || (headers['content-encoding'] ?? 'identity') !== 'identity') return false
  if (status === 200) return start === 0 && end === size
  return (
    status === 206 &&
    [`bytes ${start}-${end - 1}/${size}`, `bytes ${start}-${end - 1}/*`].includes(headers['content-range'] ?? '')
  )
}

/** Takes bytes as they come. */
interface Sink {
  write(bytes: Uint8Array): void
}

class FileSink implements Sink {
  bytes = 0
  readonly #file: number
  readonly #start: number
  readonly #hash: Hash | undefined
  readonly #onBytes: (count: number) => void

  constructor({ file, start, isHashed }: ReceiveOrder, onBytes: (count: number) => void) {
    this.#file = openSync(file, 'r+')
    this.#start = start
    this.#hash = isHashed ? createHash('sha256') : undefined
    this.#onBytes = onBytes
  }

  write(bytes: Uint8Array): void {
    this.#hash?.update(bytes)
    for (let at = 0; at < bytes.length;) {
      const count = writeSync(this.#file, bytes, at, bytes.length - at, this.#start + this.bytes)
      at += count
      this.bytes += count
    }
    this.#onBytes(bytes.length)
  }

  digest(): string {
    return this.#hash?.digest('hex') ?? ''
  }

  close(): void {
    closeSync(this.#file)
  }
}

interface Exchange {
  /** What has come of the head so far. */
  head: Buffer
  answer?: ResponseHead
  sink?: Sink | undefined
  /** Bytes of the body that are still to come. */
  left: number
  choose: (head: ResponseHead) => Sink | undefined
  resolve: (head: ResponseHead) => void
  reject: (error: Error) => void
}

/** One connection, for one exchange after another. */
class Connection {
  readonly #socket: Socket
  readonly #idleTimeoutMs: number
  readonly #host: string
  #exchange: Exchange | undefined
  #isOver = false
  /** Whether the last exchange has got any answer. */
  hasAnswered = false

  private constructor(url: URL, { connectTimeoutMs, idleTimeoutMs }: Located) {
    this.#host = url.host
    this.#idleTimeoutMs = idleTimeoutMs
    const isPlain = url.protocol === 'http:'
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
    const callback = (count: number): boolean => {
      this.#received(buffer.subarray(0, count))
      return true
    }
    const options = { host, port: Number(url.port || (isPlain ? 80 : 443)), onread: { buffer, callback } }
    // A server's name is no address: https://www.rfc-editor.org/rfc/rfc6066#section-3
    const secure = { ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }) }
    this.#socket = isPlain ? connectTcp(options) : connectTls(secure)
    this.#socket.setNoDelay(true).setTimeout(connectTimeoutMs)
    this.#socket.on('timeout', () => {
      this.#fail(`nothing came from ${url.host} in time`)
    })
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#fail(`the connection to ${url.host} broke (${error.code ?? error.name})`)
    })
    this.#socket.on('close', () => {
      this.#fail(`${url.host} closed the connection`)
    })
  }

  static async open(url: URL, from: Located): Promise<Connection> {
    const connection = new Connection(url, from)
    const opened = Promise.withResolvers<ResponseHead>()
    const resolve = (): void => {
      connection.#exchange = undefined
      opened.resolve({ status: 0, headers: {}, length: 0, isReusable: true })
    }
    connection.#exchange = { head: Buffer.alloc(0), left: 0, choose: () => undefined, resolve, reject: opened.reject }
    connection.#socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', resolve)
    await opened.promise
    return connection
  }

  get isReusable(): boolean {
    return !this.#isOver && this.#exchange === undefined
  }

  /**
   * @param choose where the body goes, by the head of the answer; a short one is passed over, for a long one the
   *   connection is given up
   */
  get(
    url: URL,
    headers: Record<string, string>,
    choose: (head: ResponseHead) => Sink | undefined
  ): Promise<ResponseHead> {
    const { promise, resolve, reject } = Promise.withResolvers<ResponseHead>()
    this.hasAnswered = false
    if (this.#isOver) reject(new Unreceived(`${this.#host} closed the connection`))
    else {
      this.#exchange = { head: Buffer.alloc(0), left: 0, choose, resolve, reject }
      const fields = Object.entries({ host: url.host, accept: '*/*', 'accept-encoding': 'identity', ...headers })
      const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)]
      // A line break in a value would begin another request. URLs have none.
      if (fields.some(([, value]) => /[\r\n\0]/.test(value))) this.#fail('a header has a line break')
      else this.#socket.setTimeout(this.#idleTimeoutMs).write(`${lines.join('\r\n')}\r\n\r\n`)
    }
    return promise
  }

  close(): void {
    this.#isOver = true
    this.#socket.destroy()
  }

  #received(bytes: Buffer): void {
    const exchange = this.#exchange
    if (exchange === undefined || this.#isOver) {
      this.close() // nothing was asked for
      return
    }
    try {
      this.hasAnswered = true
      const body = exchange.answer === undefined ? this.#takeHead(exchange, bytes) : bytes
      if (exchange.answer !== undefined) this.#takeBody(exchange, exchange.answer, body)
    } catch (error) {
      this.#isOver = true
      this.#exchange = undefined
      this.#socket.destroy()
      exchange.reject(error as Error)
    }
  }

  /** @returns what of the body has come with the head's end */
  #takeHead(exchange: Exchange, bytes: Buffer): Buffer {
    let text = Buffer.concat([exchange.head, bytes])
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = parseResponseHead(text.toString('latin1', 0, end))
      if (head === undefined) break
      text = text.subarray(end + 4)
      if (head.status < 200) continue // https://www.rfc-editor.org/rfc/rfc9110#section-15.2
      exchange.answer = head
      exchange.sink = exchange.choose(head)
      exchange.left = head.length ?? Infinity
      return text
    }
    if (text.length > MAX_HEAD_BYTES || text.indexOf('\r\n\r\n') >= 0) {
      throw new Unreceived(`${this.#host} answered with something else than HTTP/1.1`)
    }
    exchange.head = text
    return text.subarray(text.length)
  }

  #takeBody(exchange: Exchange, answer: ResponseHead, bytes: Buffer): void {
    const isTooLong = exchange.sink === undefined && exchange.left > MAX_HEAD_BYTES
    const body = bytes.subarray(0, exchange.left)
    exchange.sink?.write(body)
    exchange.left -= body.length
    if (exchange.left > 0 && !isTooLong) return
    this.#isOver ||= isTooLong || !answer.isReusable || body.length < bytes.length
    this.#exchange = undefined
    exchange.resolve(answer)
  }

  #fail(problem: string): void {
    this.#isOver = true
    this.#socket.destroy()
    const exchange = this.#exchange
    this.#exchange = undefined
    exchange?.reject(new Unreceived(problem))
  }
}
