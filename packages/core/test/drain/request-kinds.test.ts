import { once } from 'node:events'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import { afterEach, describe, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, ShutdownOptions } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'

const OPTIONS: ShutdownOptions = { signals: false, lameDuck: false, linger: '5s', gracePeriod: '20s', longLived: 300 }
const EXPECTS = 'POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n'

let lifecycle: Lifecycle
let server: Server

async function serve(handler: RequestListener): Promise<RawClient> {
  lifecycle = createLifecycle({ shutdown: OPTIONS, logger: false })
  server = await lifecycle.listen(handler, 0)
  return connectRaw(server)
}

/** Begins the shutdown; resolves when the listener has closed. */
async function leave(): Promise<void> {
  const closed = new Promise((resolve) => lifecycle.drainSignal.addEventListener('abort', resolve))
  void lifecycle.shutdown()
  await closed
}

/** Sends a request, and gives its answer when the handler has it. */
async function inFlight(client: RawClient, request: string): Promise<ServerResponse> {
  const [, response] = await sendAndHear(client, request, 'request')
  return response as ServerResponse
}

async function sendAndHear(client: RawClient, request: string, event: string): Promise<unknown[]> {
  const heard = once(server, event)
  client.send(request)
  return heard
}

function readBody(request: IncomingMessage, response: ServerResponse): void {
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
  })
  request.on('end', () => response.end(`read ${length}`))
}

afterEach(() => lifecycle.shutdown())

describe('HEAD', () => {
  const head = get('/').replace('GET', 'HEAD')

  test('in flight is answered with a close header and nothing behind it', async () => {
    const client = await serve(() => {})
    const response = await inFlight(client, head)

    await leave()
    response.setHeader('content-length', '5')
    response.end('whole')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close\r\n[^]*\r\n\r\n$/i)
    expect((await lifecycle.shutdown()).requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
  })

  test('that comes in the linger is answered so by a handler that answers at once', async () => {
    const client = await serve((_request, response) => response.end('whole'))

    await leave()
    client.send(head)

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close\r\n[^]*\r\n\r\n$/i)
  })
})

test('early hints go out as they are, also during the drain, and the answer behind them says close', async () => {
  const client = await serve(() => {})
  const response = await inFlight(client, get('/'))
  response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  await client.hear('103 Early Hints')

  await leave()
  response.writeEarlyHints({ link: '</script.js>; rel=preload' })
  await client.hear('103 Early Hints', 2)
  response.end('whole')

  expect(await client.closed).toBe('end')
  const [first, second, answer] = client.received.split(/(?=HTTP\/1.1 )/)
  expect([first, second]).toEqual([
    'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </script.js>; rel=preload\r\n\r\n',
  ])
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*connection: close[^]*whole$/i)
})

describe('Expect: 100-continue', () => {
  test('in flight may send its body during the drain, and is answered with a close header', async () => {
    const client = await serve(readBody)
    client.send(EXPECTS)
    await client.hear('100 Continue')

    await leave()
    client.send('hello')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 [^]*connection: close[^]*read 5/i)
    expect((await lifecycle.shutdown()).requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
  })

  test('that comes in the linger is told to continue, and answered', async () => {
    const client = await serve(readBody)

    await leave()
    client.send(EXPECTS)
    await client.hear('100 Continue')
    client.send('hello')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close[^]*read 5/i)
  })
})

describe('CONNECT', () => {
  const connect = 'CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\n'

  test('is a tunnel that works on during the drain, and is ended at the limit of what is long-lived', async () => {
    const client = await serve(() => {})
    server.on('connect', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(socket, { end: false })
    })
    client.send(connect)
    await client.hear('Established\r\n\r\n')

    await leave()
    client.send('ping')
    await client.hear('ping')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/Established\r\n\r\nping$/)
    expect(await lifecycle.shutdown()).toMatchObject({
      requests: { inFlight: 0, cut: 0 },
      longLived: { open: 1, ended: 1, cut: 0 },
      connections: { open: 1, upgraded: 1, idle: 0, cut: 0 },
      exitCode: 0,
    })
  })

  test('whose client does not hang up is ended by us, once, and holds nobody up', async () => {
    const client = await serve(() => {})
    server.on('connect', (_request, socket: Duplex) => socket.write('HTTP/1.1 200 Connection Established\r\n\r\n'))
    client.socket.on('end', () => {})
    client.socket.allowHalfOpen = true
    client.send(connect)
    await client.hear('Established')

    expect(await lifecycle.shutdown()).toMatchObject({
      longLived: { open: 1, ended: 1, cut: 0 },
      cut: [],
      exitCode: 0,
    })
    client.socket.destroy()
  })

  test('that nobody listens for ends as it does without a lifecycle', async () => {
    const client = await serve(() => {})

    await leave()
    client.send(connect)

    await client.closed
    expect(client.received).toBe('')
    expect(await lifecycle.shutdown()).toMatchObject({ longLived: { open: 0, ended: 0, cut: 0 }, exitCode: 0 })
  })
})
