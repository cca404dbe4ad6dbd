import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { connect } from 'node:net'
import type { Socket as NetSocket } from 'node:net'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, ShutdownOptions } from '@tidegate/core'
import { Server } from 'socket.io'
import { io as dialSocketIO } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { drainSocketIO } from '../src/index.ts'
import { serveSocketIO } from './examples/serve-socket-io.ts'
import { portOf } from './support/client.ts'
import { reached } from './support/reached.ts'

const clients: Socket[] = []
const lifecycles: Lifecycle[] = []

function create(shutdown: ShutdownOptions = {}): Lifecycle {
  const lifecycle = createLifecycle({
    shutdown: { signals: false, lameDuck: false, linger: false, gracePeriod: '60s', ...shutdown },
    logger: false,
  })
  lifecycles.push(lifecycle)
  return lifecycle
}

/** A client that comes back soon, and everything that happens to it. */
async function connectClient(port: number, transports: string[]): Promise<{ client: Socket; seen: string[] }> {
  const client = dialSocketIO(`http://127.0.0.1:${port}`, { transports, forceNew: true, reconnectionDelay: 20 })
  clients.push(client)
  const seen: string[] = []
  client.on('say', (text) => seen.push(`heard ${text}`))
  client.on('disconnect', (reason) => seen.push(reason))
  await once(client as unknown as NodeJS.EventEmitter, 'connect')
  if (transports.length > 1) await expect.poll(() => client.io.engine.transport.name).toBe('websocket')
  return { client, seen }
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect()
  for (const lifecycle of lifecycles.splice(0)) await lifecycle.shutdown()
})

describe.each([
  [['websocket'], 'transport close'],
  // The last word is the answer to its poll, and its next poll meets somebody else.
  [['polling'], 'transport error'],
  [['polling', 'websocket'], 'transport close'],
])('clients by %s', (transports, reason) => {
  test('hear all that was emitted before, are closed, and connect to who comes next', async () => {
    const first = create({ longLived: '2s' })
    const io = await serveSocketIO(first, 0)
    io.on('connection', (socket) => socket.emit('say', 'first'))
    first.drainSignal.addEventListener('abort', () => void io.emit('say', 'leaving'))
    const port = portOf(io.httpServer)
    const connected = await Promise.all([connectClient(port, transports), connectClient(port, transports)])
    await expect.poll(() => connected.map(({ seen }) => seen)).toEqual([['heard first'], ['heard first']])

    const stopped = first.shutdown()
    await reached(first, 'listener-closed')
    const next = await serveSocketIO(create({ longLived: '500ms' }), port)
    next.on('connection', (socket) => socket.emit('say', 'next'))
    const record = await stopped

    const whole = ['heard first', 'heard leaving', reason, 'heard next']
    await expect.poll(() => connected.map(({ seen }) => seen)).toEqual([whole, whole])
    expect(record).toMatchObject({
      requests: { refused: 0, rejected: 0, cut: 0 },
      longLived: { cut: 0 },
      connections: { cut: 0 },
      steps: [
        { step: 'leave', name: 'drain Socket.IO', outcome: 'done' },
        { step: 'close', name: 'close hook 1', outcome: 'done' },
      ],
      exitCode: 0,
    })
  })

  test('are told one after the other over the window', async () => {
    const lifecycle = create()
    const io = new Server(createServer())
    drainSocketIO(lifecycle, io, { stagger: '1s' })
    const port = portOf(await lifecycle.listen(io.httpServer as HttpServer, 0))
    const connected = await Promise.all(Array.from({ length: 10 }, () => connectClient(port, transports)))
    const leftAtClose: number[] = []
    // Not active would mean that it does not come back by itself.
    for (const { client } of connected) {
      client.on('disconnect', () => {
        expect(client.active).toBe(true)
        leftAtClose.push(connected.filter((one) => one.client.connected).length)
        client.disconnect()
      })
    }

    await lifecycle.shutdown()

    await expect.poll(() => connected.map(({ seen }) => seen)).toEqual(connected.map(() => ['transport close']))
    expect(leftAtClose[0]).toBeGreaterThan(5)
    expect(leftAtClose).toEqual(leftAtClose.toSorted((a, b) => b - a))
  })
})

const HANDSHAKE = '/socket.io/?EIO=4&transport=polling'

/** Asks by one connection, as a browser does that polls. */
async function ask(socket: NetSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`)
  let answer = ''
  while (!isWhole(answer)) answer += String((await once(socket, 'data'))[0])
  return answer
}

function isWhole(answer: string): boolean {
  const [header = '', body] = answer.split('\r\n\r\n')
  return body !== undefined && body.length >= Number(/^content-length: (\d+)$/im.exec(header)?.[1])
}

test('a client between two polls is told by the answer to its next', async () => {
  const lifecycle = create({ linger: '20s' })
  const io = await serveSocketIO(lifecycle, 0)
  const socket = connect(portOf(io.httpServer), '127.0.0.1')
  const session = /"sid":"([^"]+)"/.exec(await ask(socket, HANDSHAKE))?.[1]

  const stopped = lifecycle.shutdown()
  await reached(lifecycle, 'listener-closed')
  const answer = await ask(socket, `${HANDSHAKE}&sid=${session}`)

  expect(answer).toMatch(/\r\nconnection: close\r\n/i)
  // Engine.IO's packet of type 1 is "close".
  expect(answer.endsWith('\u001E1')).toBe(true)
  expect(await stopped).toMatchObject({ requests: { cut: 0 }, exitCode: 0 })
})

test('a client whose handshake ends only when the listener has closed is told at once', async () => {
  const lifecycle = create()
  let admit = (): void => {}
  const server = createServer()
  const io = new Server(server, {
    allowRequest: (_request: IncomingMessage, done) => void (admit = () => done(null, true)),
  })
  drainSocketIO(lifecycle, io)
  const port = portOf(await lifecycle.listen(server, 0))
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  await once(server, 'upgrade')

  const stopped = lifecycle.shutdown()
  await reached(lifecycle, 'linger-over')
  admit()
  await once(client, 'close')

  expect(await stopped).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 }, exitCode: 0 })
})

test('a client that does not answer keeps the process no longer than longLived, and the exit is clean', async () => {
  const lifecycle = create({ longLived: '500ms' })
  const io = await serveSocketIO(lifecycle, 0)
  const port = portOf(io.httpServer)
  const client = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`)
  await once(client, 'open')
  client.pause()

  const record = await lifecycle.shutdown()
  client.terminate()

  expect(record).toMatchObject({ longLived: { open: 1 }, exitCode: 0 })
})

test('what is taken back, or not attached to a server, is no step', async () => {
  const lifecycle = create()
  const io = new Server(createServer())
  drainSocketIO(lifecycle, io)()
  drainSocketIO(lifecycle, new Server())
  await lifecycle.listen(io.httpServer as HttpServer, 0)
  expect((await lifecycle.shutdown()).steps).toMatchObject([{ name: 'drain Socket.IO', outcome: 'done' }])
})
