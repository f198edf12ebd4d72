import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What the server does in place of its duty, for the next `times` requests that match. */
export interface Fault {
  method: string
  /** Tested against path and query. */
  path: RegExp
  /** Tested against the Range of the request. */
  range?: RegExp
  times?: number
  /** Nothing is done before. */
  after?: Promise<unknown>
  /** Bytes of the request body to read first; all of it by default. */
  afterBytes?: number
  /** Answer with this, … */
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
  /** … or close the connection, … */
  cut?: boolean
  /** … or answer rightly but close the connection after so many bytes of the body, … */
  cutAnswerAfter?: number
  /** … or do the work and close the connection instead of answering, … */
  loseAnswer?: boolean
  /** … or never answer. */
  stall?: boolean
}

/** Whether `fault` has taken the place of an answer. */
export function perform(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault.stall) return true
  if (fault.cut) request.socket.destroy()
  else if (fault.status === undefined) return false
  else response.writeHead(fault.status, fault.headers).end(fault.body)
  return true
}

/** The work is done, and the connection closed in place of the answer. */
export function loseAnswer(response: ServerResponse): void {
  const socket = response.socket as Socket
  response.writeHead = () => {
    socket.destroy()
    return response
  }
}

/** The connection is closed after so many bytes of the answer. */
export function cutAnswer(response: ServerResponse, bytes: number): void {
  const socket = response.socket as Socket
  response.end = ((body: Buffer) => {
    response.write(body.subarray(0, bytes), () => socket.destroy())
    return response
  }) as typeof response.end
}
