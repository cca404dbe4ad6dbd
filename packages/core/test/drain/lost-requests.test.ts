import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:tls'

import { CERTIFICATE } from '@tidegate/certificate'
import { afterEach, describe, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { DrainRecord, Lifecycle, ShutdownOptions } from '../../src/index.ts'
import { connectRaw, get, portOf } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'

/** More than the kernel takes from the server at once. */
const LARGE = Buffer.alloc(32 * 1024 * 1024)

let lifecycle: Lifecycle
let server: Server
let responses: Map<string, ServerResponse>

function handle(request: IncomingMessage, response: ServerResponse): void {
  request.on('error', () => {})
  responses.set(request.url ?? '', response)
  if (request.url === '/large') response.end(LARGE)
}

async function serve(made = createServer(handle), shutdown: ShutdownOptions = {}): Promise<void> {
  responses = new Map()
  lifecycle = createLifecycle({ shutdown: { signals: false, linger: false, ...shutdown }, logger: false })
  server = await lifecycle.listen(made, 0)
}

/** Asks, and resolves when the handler has it. */
async function ask(text: string): Promise<RawClient> {
  const client = await connectRaw(server)
  client.socket.pause()
  client.send(text)
  await once(server, 'request')
  return client
}

/** Begins to leave, does something when the listener has closed, and resolves with the record. */
async function leaving(then: () => void): Promise<DrainRecord> {
  lifecycle.on('drain', ({ step }) => {
    if (step === 'listener-closed') setImmediate(then)
  })
  return lifecycle.shutdown()
}

const responseTo = (path: string): ServerResponse => responses.get(path) as ServerResponse

afterEach(async () => void (await lifecycle.shutdown()))

describe('what is destroyed by something else than the drain', () => {
  test('is told as lost, if it is an ordinary request that was not answered to its end', async () => {
    await serve()
    const clients = [
      await ask(get('/slow?token=secret')),
      await ask(get('/large')),
      await ask('POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello'),
      await ask(get('/events', 'Accept: text/event-stream')),
    ]

    const { requests, longLived, cut, exitCode } = await leaving(() => server.closeAllConnections())

    expect(requests).toMatchObject({ inFlight: 3, finished: 0, cut: 0, lost: 3 })
    expect(longLived).toEqual({ open: 1, ended: 0, cut: 0 })
    expect(cut.map(({ kind, route }) => `${kind}: ${route}`).toSorted()).toEqual([
      'lost: GET /large',
      'lost: GET /slow',
      'lost: POST /upload',
    ])
    expect(exitCode).toBe(1)
    for (const { socket } of clients) socket.destroy()
  })

  test('is told as lost when it was asked only during the drain', async () => {
    await serve(createServer(handle), { linger: '5s' })
    const client = await connectRaw(server)
    const asked = once(server, 'request')
    const stopped = leaving(() => client.send(get('/late')))
    await asked

    responseTo('/late').req.socket.destroy()

    const { requests, cut } = await stopped
    expect(requests).toMatchObject({ inFlight: 0, lost: 1 })
    expect(cut).toMatchObject([{ kind: 'lost', route: 'GET /late' }])
  })

  test('is told as lost over TLS, too', async () => {
    await serve(createSecureServer(CERTIFICATE, handle))
    const client = connect({ port: portOf(server), host: 'localhost', ca: CERTIFICATE.cert })
    client.on('error', () => {})
    client.write(get('/slow'))
    await once(server, 'request')

    const { requests } = await leaving(() => server.closeAllConnections())

    expect(requests).toMatchObject({ inFlight: 1, lost: 1 })
  })
})

describe('nothing is lost', () => {
  const LEAVES: Record<string, (client: RawClient) => void> = {
    'ends its side': ({ socket }) => socket.end(),
    'closes its socket': ({ socket }) => socket.destroy(),
    'resets its connection': ({ socket }) => socket.resetAndDestroy(),
  }

  test.each(Object.entries(LEAVES))('when the client %s', async (_, leave) => {
    await serve()
    const clients = [
      await ask(get('/slow')),
      await ask(get('/large')),
      await ask('POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello'),
    ]

    const { requests, exitCode } = await leaving(() => {
      for (const client of clients) {
        leave(client)
        client.socket.resume()
      }
    })

    expect(requests).toMatchObject({ inFlight: 3, cut: 0, lost: 0 })
    expect(exitCode).toBe(0)
  })

  test('when a handler gives up by itself', async () => {
    await serve()
    await ask(get('/broken'))
    await ask(get('/slow'))
    await ask('POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello')

    const { requests, exitCode } = await leaving(() => {
      responseTo('/broken').destroy()
      responseTo('/upload').req.destroy()
      responseTo('/slow').req.destroy()
    })

    expect(requests).toMatchObject({ inFlight: 3, lost: 0 })
    expect(exitCode).toBe(0)
  })

  test('when the drain itself cuts what has had its time', async () => {
    await serve(createServer(handle), { requests: 20 })
    await ask(get('/slow'))
    await ask(get('/large'))

    expect((await lifecycle.shutdown()).requests).toMatchObject({ inFlight: 2, cut: 2, lost: 0 })
  })
})
