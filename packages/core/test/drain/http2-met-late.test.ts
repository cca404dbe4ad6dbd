import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer } from 'node:http2'
import type { ClientHttp2Session, Http2Server, Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { createServer as createTcpServer, connect as connectTcp } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test } from 'vitest'

import { createDeferred } from '../../src/deferred.ts'
import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'

const portOf = (server: Server | Http2Server): number => (server.address() as AddressInfo).port

/** A way to `port` on which the end of a client's side arrives only when `arrives` resolves, as over a slow network. */
async function slowWay(port: number, arrives: Promise<void>): Promise<number> {
  const way = createTcpServer({ allowHalfOpen: true }, (near) => {
    const far = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true })
    near.pipe(far, { end: false })
    far.pipe(near)
    near.on('end', () => void arrives.then(() => far.end()))
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(way, 'listening')
  onTestFinished(() => void way.close())
  return portOf(way)
}

function openSession(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  onTestFinished(() => session.destroy())
  return session
}

const ask = (session: ClientHttp2Session, path: string): Promise<string> => text(session.request({ ':path': path }))

test.each([
  ['by attach', (lifecycle: Lifecycle, server: Http2Server) => lifecycle.attach(server), () => false],
  [
    "by an adapter's first request",
    () => {},
    (lifecycle: Lifecycle, request: Http2ServerRequest, response: Http2ServerResponse) =>
      lifecycle.handle(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  ],
])('sessions that are met late, %s, are drained as others are', async (_how, meet, handle) => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: 150 }, logger: false })
  const asked = createDeferred()
  const goOn = createDeferred()
  const server = createServer((request, response) => {
    if (handle(lifecycle, request, response) === true) return
    if (request.url !== '/slow') return void response.end('served')
    asked.resolve()
    void goOn.promise.then(() => response.end('slow'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const lingerOver = createDeferred()
  lifecycle.on('drain', ({ step }) => step === 'linger-over' && lingerOver.resolve())
  const busy = openSession(portOf(server))
  // Its session is gone long before its socket.
  const leaving = openSession(await slowWay(portOf(server), lingerOver.promise))
  await lifecycle.start()
  await ask(leaving, '/')
  meet(lifecycle, server)
  expect([await ask(leaving, '/'), await ask(busy, '/')]).toEqual(['served', 'served'])
  const slow = ask(busy, '/slow')
  await asked.promise

  const stopped = lifecycle.shutdown()
  await lingerOver.promise
  goOn.resolve()

  expect(await slow).toBe('slow')
  expect(await stopped).toMatchObject({
    requests: { inFlight: 1, finished: 1, cut: 0 },
    connections: { open: 2, http2: 2, cut: 0 },
    exitCode: 0,
  })
})

test('the first request that an adapter brings of a server counts once, and is over with its stream', async () => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
  const asked = createDeferred()
  const goOn = createDeferred()
  const server = createServer((request, response) => {
    void lifecycle.handle(request as unknown as IncomingMessage, response as unknown as ServerResponse)
    asked.resolve()
    void goOn.promise.then(() => response.end('served'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await lifecycle.start()
  const first = ask(openSession(portOf(server)), '/')
  await asked.promise

  const stopped = lifecycle.shutdown()
  goOn.resolve()

  expect(await first).toBe('served')
  expect(await stopped).toMatchObject({ requests: { inFlight: 1, finished: 1, cut: 0 }, exitCode: 0 })
})
