import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { statusAnswer } from '../../../src/probes/answers/probe-answer.ts'
import { writeAnswer } from '../../../src/probes/answers/write-answer.ts'

const ANSWER = statusAnswer('fail', { status: 'fail', name: 'café' })

let server: Server | undefined

afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

/** The bytes of the whole answer, as they came over the wire. */
async function raw(method: string, listener: RequestListener): Promise<string> {
  server = createServer({ rejectNonStandardBodyWrites: true }, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.end(`${method} /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('writeAnswer', () => {
  it('has ended the response when it returns', async () => {
    let ended: unknown
    await raw('GET', (request, response) => {
      writeAnswer(response, ANSWER, request.method ?? 'GET')
      ended = [response.headersSent, response.writableEnded]
    })
    expect(ended).toEqual([true, true])
  })

  it('writes status, headers and body, not chunked', async () => {
    const answer = await raw('GET', (request, response) => writeAnswer(response, ANSWER, request.method ?? 'GET'))
    const [head = '', body] = answer.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(head).toContain(`content-length: ${Buffer.byteLength(ANSWER.body)}\r\n`)
    expect(head).toContain('retry-after: 1\r\n')
    expect(head).not.toMatch(/transfer-encoding/i)
    expect(body).toBe(ANSWER.body)
  })

  it('answers HEAD with the length of the body and without the body', async () => {
    const answer = await raw('HEAD', (request, response) => writeAnswer(response, ANSWER, request.method ?? 'GET'))
    const [head, body] = answer.split('\r\n\r\n')
    expect(head).toContain(`content-length: ${Buffer.byteLength(ANSWER.body)}\r\n`)
    expect(body).toBe('')
  })

  it('keeps a close header that the drain has put on the response', async () => {
    const answer = await raw('GET', (request, response) => {
      response.setHeader('connection', 'close')
      writeAnswer(response, ANSWER, request.method ?? 'GET')
    })
    expect(answer).toMatch(/\r\nconnection: close\r\n/i)
  })
})
