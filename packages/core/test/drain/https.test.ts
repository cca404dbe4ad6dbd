import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import { connect as connectTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'

import { CERTIFICATE } from '@tidegate/certificate'
import { afterEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, ShutdownOptions } from '../../src/index.ts'
import { get } from '../support/raw-client.ts'

let lifecycle: Lifecycle
let server: Server

async function serve(shutdown: ShutdownOptions = {}): Promise<void> {
  lifecycle = createLifecycle({ shutdown: { signals: false, linger: 100, ...shutdown }, logger: false })
  server = await lifecycle.listen(
    createServer(CERTIFICATE, (request, response) => {
      if (request.url === '/slow') released.promise.then(() => response.end('slow answer')).catch(() => {})
      else response.end(`answer to ${request.url}`)
    }),
    0,
  )
}

let released: { readonly promise: Promise<void>; open(): void }

function gate(): typeof released {
  let open = (): void => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}

const port = (): number => (server.address() as AddressInfo).port

interface Client {
  readonly socket: TLSSocket
  readonly closed: Promise<string>
}

/** A TLS client; `closed` resolves with everything it heard, or the code of its error. */
async function connectTls(): Promise<Client> {
  const socket = connect({ port: port(), host: '127.0.0.1', servername: 'localhost', ca: CERTIFICATE.cert })
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  const closed = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('close', () => resolve(heard))
  })
  await once(socket, 'secureConnect')
  return { socket, closed }
}

function reached(step: string): Promise<void> {
  return new Promise((resolve) => {
    lifecycle.on('drain', (event) => {
      if (event.step === step) resolve()
    })
  })
}

afterEach(() => lifecycle.shutdown())

test('probes are answered over https', async () => {
  await serve()
  const client = await connectTls()
  client.socket.write(get('/healthz', 'Connection: close'))

  expect(await client.closed).toMatch(/^HTTP\/1.1 200 OK/)
})

test('a request in flight is answered whole with a close header, and an idle connection one last time', async () => {
  released = gate()
  await serve({ linger: 400 })
  const busy = await connectTls()
  const idle = await connectTls()
  const requested = once(server, 'request')
  busy.socket.write(get('/slow'))
  await requested

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  idle.socket.write(get('/last'))
  expect(await idle.closed).toMatch(/connection: close[^]*answer to \/last$/i)
  released.open()
  expect(await busy.closed).toMatch(/connection: close[^]*slow answer$/i)

  expect(await stopped).toMatchObject({
    requests: { inFlight: 1, finished: 2, refused: 0, cut: 0 },
    connections: { open: 2, cut: 0 },
  })
})

test('an idle connection ends without a word, one whose handshake was only begun too', async () => {
  await serve()
  const accepted = once(server, 'connection')
  const silent = connectTcp(port(), '127.0.0.1')
  const silentClosed = once(silent, 'close')
  silent.on('error', () => {})
  let heard = ''
  silent.on('data', (chunk) => (heard += chunk.toString('latin1')))
  await accepted
  // The first bytes of a ClientHello.
  silent.write(Buffer.from([0x16, 0x03, 0x01, 0x02]))
  const idle = await connectTls()

  const record = await lifecycle.shutdown()

  expect(await idle.closed).toBe('')
  await silentClosed
  expect(heard).toBe('')
  expect(record.connections).toMatchObject({ open: 2, idle: 2, cut: 0 })
  expect(record.exitCode).toBe(0)
})

test('what is left at the deadline is destroyed and counted', async () => {
  released = gate()
  await serve({ requests: 200 })
  const client = await connectTls()
  client.socket.write(get('/slow'))
  await once(server, 'request')

  const record = await lifecycle.shutdown()

  await client.closed
  expect(record).toMatchObject({ requests: { cut: 1 }, connections: { cut: 1 }, exitCode: 1 })
})

test('half a header is answered 408 over TLS too', async () => {
  await serve()
  const client = await connectTls()
  client.socket.write('GET / HTTP/1.1\r\nHost: te')
  // Its answer comes after the half was read.
  const marker = await connectTls()
  marker.socket.write(get('/', 'Connection: close'))
  await marker.closed

  await lifecycle.shutdown()

  expect(await client.closed).toMatch(/^HTTP\/1.1 408 /)
})
