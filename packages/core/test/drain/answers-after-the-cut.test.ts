import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { connect, createServer } from 'node:http2'
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { WebServer } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'

/** Serves one request until it is cut. */
async function serveUntilTheCut(server: WebServer, ask: () => Promise<unknown>): Promise<void> {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false, requests: 20 }, logger: false })
  await lifecycle.listen(server, 0)
  await ask()
  expect((await lifecycle.shutdown()).requests).toMatchObject({ inFlight: 1, cut: 1 })
}

function askOverHttp2(server: Server): void {
  const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => session.destroy())
  session.on('error', () => {})
  session
    .request()
    .on('error', () => {})
    .resume()
}

function answer(response: ServerResponse | Http2ServerResponse): void {
  response.setHeader('content-type', 'text/plain')
  response.writeHead(200)
  response.end()
}

test('an answer after the cut goes nowhere, and harms nobody', async () => {
  const server = createHttpServer()
  const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>
  await serveUntilTheCut(server, async () => {
    const client = await connectRaw(server)
    client.send(get('/'))
    await asked
  })
  const [, response] = await asked

  expect(() => answer(response)).not.toThrow()
})

test("the same with HTTP/2's compatibility layer", async () => {
  const server = createServer()
  const asked = once(server, 'request') as Promise<[unknown, Http2ServerResponse]>
  await serveUntilTheCut(server, async () => {
    askOverHttp2(server)
    await asked
  })
  const [, response] = await asked

  expect(() => answer(response)).not.toThrow()
})

test('a stream of HTTP/2 throws when it is answered after the cut, and says before that it was aborted', async () => {
  const server = createServer()
  const asked = once(server, 'stream') as Promise<[ServerHttp2Stream]>
  let aborted: Promise<unknown> | undefined
  await serveUntilTheCut(server, async () => {
    askOverHttp2(server)
    const [stream] = await asked
    aborted = once(stream, 'aborted')
  })
  const [stream] = await asked

  await aborted
  expect(stream.destroyed).toBe(true)
  expect(() => stream.respond({ ':status': 200 })).toThrow(
    expect.objectContaining({ code: 'ERR_HTTP2_INVALID_STREAM' }),
  )
  expect(() => stream.end('whole')).not.toThrow()
})
