import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect, createSecureServer, createServer as createHttp2Server } from 'node:http2'
import { createServer as createHttpsServer, request as requestSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

import { CERTIFICATE } from '@tidegate/certificate'
import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, WebServer } from '../../src/index.ts'

const HALF = 'x'.repeat(100_000)

interface Answering {
  write(text: string): unknown
  end(text: string): unknown
}

/** Resolves when the answer has begun. */
type Ask = (port: number) => Promise<Readable>

interface Kind {
  make(answer: (request: unknown, response: Answering) => void): WebServer
  readonly ask: Ask
}

const overHttp: Ask = async (port) => {
  const asked = request({ port, host: '127.0.0.1', agent: false }).end()
  const [response] = await once(asked, 'response')
  return response as Readable
}

const overHttps: Ask = async (port) => {
  const asked = requestSecure({ port, host: 'localhost', ca: CERTIFICATE.cert, agent: false }).end()
  const [response] = await once(asked, 'response')
  return response as Readable
}

const overHttp2 =
  (scheme: 'http' | 'https'): Ask =>
  async (port) => {
    const session = connect(`${scheme}://localhost:${port}`, { ca: CERTIFICATE.cert })
    const stream = session.request({ ':path': '/' })
    await once(stream, 'response')
    return stream
  }

const KINDS: Record<string, Kind> = {
  http: { make: (answer) => createServer(answer), ask: overHttp },
  'http, once more': { make: (answer) => createServer(answer), ask: overHttp },
  https: { make: (answer) => createHttpsServer(CERTIFICATE, answer), ask: overHttps },
  'http2, in the clear': { make: (answer) => createHttp2Server(answer), ask: overHttp2('http') },
  'http2, secure': { make: (answer) => createSecureServer(CERTIFICATE, answer), ask: overHttp2('https') },
  'http2, secure, asked over HTTP/1.1': {
    make: (answer) => createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, answer),
    ask: overHttps,
  },
}

test('one shutdown drains several servers of every kind: each answers what is in flight on it', async () => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: 100 }, logger: false })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const serving = Object.values(KINDS).map(async ({ make, ask }) => {
    let end = (): void => {}
    const server = make((_request, response) => {
      response.write(HALF)
      end = () => void response.end(HALF)
    })
    await lifecycle.listen(server, 0)
    const response = await ask((server.address() as AddressInfo).port)
    return { server, end, body: text(response) }
  })
  const served = await Promise.all(serving)

  const stopped = lifecycle.shutdown()
  await reached(lifecycle, 'linger-over')
  expect(served.filter(({ server }) => server.listening)).toEqual([])
  // Not all at once: the last answer is waited for when every other server has none left.
  for (const { end, body } of served) {
    end()
    expect((await body) === HALF + HALF).toBe(true)
  }

  const count = served.length
  expect(await stopped).toMatchObject({
    requests: { inFlight: count, finished: count, cut: 0, lost: 0 },
    connections: { open: count, cut: 0 },
    exitCode: 0,
  })
})

function reached(lifecycle: Lifecycle, step: string): Promise<void> {
  return new Promise((resolve) => {
    lifecycle.on('drain', (event) => {
      if (event.step === step) resolve()
    })
  })
}
