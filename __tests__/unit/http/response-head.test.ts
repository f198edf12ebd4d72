import { describe, expect, test } from '@jest/globals'
import { parseResponseHead } from '../../../src/http/response-head.ts'

const head = (...lines: string[]) => parseResponseHead(lines.join('\r\n'))

test('says what the one who receives a body has to know', () => {
  expect(head('HTTP/1.1 206 Partial Content', 'Content-Length: 12', 'X-A:  one ', 'x-a: two', 'Empty:')).toEqual({
    status: 206,
    headers: { 'content-length': '12', 'x-a': 'one, two', empty: '' },
    length: 12,
    isReusable: true
  })
})

test.each([
  ['HTTP/1.1 200 OK', {}, undefined, true],
  ['HTTP/1.1 200', { 'content-length': '0' }, 0, true],
  ['HTTP/1.0 200 OK', { 'content-length': '3' }, 3, false],
  ['HTTP/1.1 200 OK', { 'content-length': '3', connection: 'keep-alive, Close' }, 3, false],
  ['HTTP/1.1 200 OK', { 'transfer-encoding': 'chunked' }, undefined, true],
  ['HTTP/1.1 204 No Content', {}, 0, true],
  ['HTTP/1.1 304 Not Modified', { 'content-length': '99' }, 0, true]
])('%s with %j has a body of %p bytes', (first, fields, length, isReusable) => {
  expect(head(first, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`))).toMatchObject({
    length,
    isReusable
  })
})

describe('is undefined for', () => {
  test.each([
    ['another protocol', ['SSH-2.0-OpenSSH_9.9']],
    ['another version', ['HTTP/2 200 OK']],
    ['a status that is none', ['HTTP/1.1 0200 OK']],
    ['a space before the colon', ['HTTP/1.1 200 OK', 'Content-Length : 3']],
    ['a folded line', ['HTTP/1.1 200 OK', 'X-A: one', ' two']],
    ['a line without a name', ['HTTP/1.1 200 OK', ': one']],
    ['a bare line break', ['HTTP/1.1 200 OK', 'X-A: one\nContent-Length: 3']],
    ['a zero byte', ['HTTP/1.1 200 OK', 'X-A: o\0ne']],
    ['two lengths', ['HTTP/1.1 200 OK', 'Content-Length: 3', 'Content-Length: 4']],
    ['a length with a sign', ['HTTP/1.1 200 OK', 'Content-Length: +3']],
    ['a length beyond all numbers', ['HTTP/1.1 200 OK', `Content-Length: ${'9'.repeat(20)}`]],
    ['a length beside chunks', ['HTTP/1.1 200 OK', 'Content-Length: 3', 'Transfer-Encoding: chunked']],
    ['nothing', ['']]
  ])('%s', (_, lines) => {
    expect(head(...lines)).toBeUndefined()
  })
})
