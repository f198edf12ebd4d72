/** Files from the web: streamed to disk, hashed on the way, resumed where a connection breaks. */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import type { HttpClient, HttpResponse } from '../http.ts'
import { ensureStatus, readBody } from '../http.ts'
import { HttpError } from './error.ts'
import { Retrier, retrying, type RetryOptions } from './retry.ts'

export interface DownloadOptions extends RetryOptions {
  client: HttpClient
  /** A longer answer is refused. */
  maxBytes: number
  onProgress?: (done: number, total?: number) => void
}

export interface Download {
  bytes: number
  /** In hexadecimal. */
  sha256: string
}

const REDIRECTS = 5
/** A connection that carries less than this is no progress, so that a server which always cuts is not asked for ever. */
const PROGRESS_BYTES = 1024 * 1024

/**
 * Writes what `url` answers to `file`. After a cut it goes on where it stopped, or from the start where the server
 * has no ranges or another file by now.
 *
 * @throws HttpError; the system's own error of `file`; the signal's reason
 */
export async function downloadFile(url: URL, file: string, options: DownloadOptions): Promise<Download> {
  const target = await open(file, 'w', 0o600)
  try {
    const transfer = new Transfer(url, target, options)
    const retrier = new Retrier(options)
    let checkpoint = 0
    while (!transfer.isComplete) {
      try {
        await transfer.go()
      } catch (error) {
        if (transfer.bytes - checkpoint >= PROGRESS_BYTES) retrier.progressed()
        checkpoint = transfer.bytes
        await retrier.pause(error)
      }
    }
    return transfer.result()
  } finally {
    await target.close()
  }
}

/** A short text. @throws HttpError, also if it has more than `maxBytes` */
export async function downloadText(url: URL, options: DownloadOptions): Promise<string> {
  return retrying(async () => {
    const response = await get(url, {}, options.client)
    await ensureStatus(response, 200)
    return (await readBody(response, options.maxBytes)).toString('utf8')
  }, options)
}

/** One file on its way, over as many connections as it takes. */
class Transfer {
  bytes = 0
  isComplete = false
  #hash = createHash('sha256')
  /** What the bytes so far are a part of, by the server's own word. */
  #version: string | undefined
  readonly #url: URL
  readonly #file: FileHandle
  readonly #options: DownloadOptions

  constructor(url: URL, file: FileHandle, options: DownloadOptions) {
    this.#url = url
    this.#file = file
    this.#options = options
  }

  /** Fetches what is missing, as far as one connection goes. */
  async go(): Promise<void> {
    const { client, onProgress } = this.#options
    const isPart = this.bytes > 0 && this.#version !== undefined
    if (!isPart) await this.#restart()
    const headers = isPart ? { range: `bytes=${this.bytes}-`, 'if-range': this.#version ?? '' } : {}
    const response = await get(this.#url, headers, client)
    try {
      if (response.status === 416) this.#version = undefined // so that the next try is from the start
      await ensureStatus(response, 200, 206)
      if (response.status === 200) await this.#restart()
      else if (startOf(response) !== this.bytes) throw this.#failure(response, 'answered with another range')
      this.#version = versionOf(response)
      const length = Number(response.headers['content-length'] ?? NaN)
      const total = Number.isNaN(length) ? undefined : this.bytes + length
      for await (const chunk of response.body) {
        await this.#append(chunk, response)
        onProgress?.(this.bytes, total)
      }
      if (total !== undefined && this.bytes < total) {
        throw this.#failure(response, `ended after ${this.bytes} of ${total} bytes`)
      }
      this.isComplete = true
    } catch (error) {
      // What was asked for is there: a range of nothing.
      if (error instanceof HttpError && error.status === 416) error.retriable = true
      throw error
    } finally {
      await response.discard()
    }
  }

  result(): Download {
    return { bytes: this.bytes, sha256: this.#hash.digest('hex') }
  }

  async #restart(): Promise<void> {
    if (this.bytes === 0) return
    this.bytes = 0
    this.#hash = createHash('sha256')
    await this.#file.truncate(0)
  }

  async #append(chunk: Buffer, response: HttpResponse): Promise<void> {
    const { maxBytes } = this.#options
    if (this.bytes + chunk.length > maxBytes) {
      const { url } = response
      throw new HttpError(`${url.host} answered with more than ${maxBytes} bytes`, { url, retriable: false })
    }
    for (let done = 0; done < chunk.length;) {
      done += (await this.#file.write(chunk, done, chunk.length - done, this.bytes + done)).bytesWritten
    }
    this.#hash.update(chunk)
    this.bytes += chunk.length
  }

  #failure({ url }: HttpResponse, what: string): HttpError {
    return new HttpError(`${url.host} ${what}`, { url })
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-if-range: only a strong validator may be used. */
function versionOf({ headers }: HttpResponse): string | undefined {
  const { etag } = headers
  return etag === undefined || etag.startsWith('W/') ? undefined : etag
}

function startOf({ headers }: HttpResponse): number {
  return Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? NaN)
}

/** GET with the redirects that it leads to. @throws HttpError if they leave https, or do not end */
async function get(url: URL, headers: Record<string, string>, client: HttpClient): Promise<HttpResponse> {
  let at = url
  for (let redirects = 0; ; redirects++) {
    const response = await client.send({ url: at, headers })
    const { location } = response.headers
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response
    await response.discard()
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined
    // From http to https, but not back.
    const isSafe = next !== undefined && ['https:', at.protocol].includes(next.protocol)
    if (!isSafe || redirects >= REDIRECTS) {
      const what = isSafe ? 'redirects too often' : `redirects to no ${at.protocol} URL`
      throw new HttpError(`${at.host} ${what}`, { url: at, retriable: false })
    }
    at = next
  }
}
