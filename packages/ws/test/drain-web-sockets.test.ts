import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle, ShutdownOptions } from '@tidegate/core'
import { createRecordingLogger } from '@tidegate/testing'
import type { LogLine } from '@tidegate/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ServerOptions } from 'ws'

import { drainWebSockets } from '../src/index.ts'
import type { DrainWebSocketsOptions } from '../src/index.ts'
import { connectClient, connectClients, dial, portOf } from './support/client.ts'
import { reached } from './support/reached.ts'

const GOING_AWAY = '1001 the server is shutting down'

let lifecycle: Lifecycle
let lines: readonly LogLine[]
let server: Server
let sockets: WebSocketServer
let port: number

function create(shutdown: ShutdownOptions = {}): void {
  const recording = createRecordingLogger()
  lines = recording.lines
  lifecycle = createLifecycle({
    shutdown: { signals: false, lameDuck: false, linger: false, gracePeriod: '60s', ...shutdown },
    logger: recording.logger,
  })
  server = createServer()
}

async function serve(options: DrainWebSocketsOptions = {}, wsOptions: ServerOptions = {}): Promise<void> {
  sockets = new WebSocketServer({ server, ...wsOptions })
  drainWebSockets(lifecycle, sockets, options)
  await lifecycle.listen(server, 0)
  port = portOf(server)
}

/** What the log says of WebSockets. */
function said(): object[] {
  return lines
    .filter(({ message }) => message.includes('WebSockets'))
    .map(({ level, message, fields }) => Object.assign({ level, message }, fields))
}

/** How a client fares that tries to connect. */
async function connectAgain(): Promise<string> {
  const { socket } = dial(port)
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  return error.code ?? error.message
}

beforeEach(() => create())

afterEach(async () => {
  await lifecycle.shutdown()
})

describe('the close frame', () => {
  test('comes when the listener has closed, and not before: who comes back at once is refused', async () => {
    await serve()
    const client = await connectClient(port)
    const seen: string[] = []
    lifecycle.on('drain', ({ step }) => seen.push(step))
    client.socket.on('close', () => seen.push('closed'))
    const again = client.closed.then(connectAgain)

    const stopped = lifecycle.shutdown({ lameDuck: '200ms' })
    client.socket.ping()
    await once(client.socket, 'pong')
    const record = await stopped

    expect(await client.closed).toBe(GOING_AWAY)
    expect(await again).toBe('ECONNREFUSED')
    expect(seen.indexOf('closed')).toBeGreaterThan(seen.indexOf('listener-closed'))
    expect(record).toMatchObject({
      steps: [{ step: 'leave', name: 'drain WebSockets', outcome: 'done' }],
      longLived: { open: 1, ended: 0, cut: 0 },
      connections: { upgraded: 1, cut: 0 },
      exitCode: 0,
    })
    expect(said()).toMatchObject([{ level: 'info', message: 'WebSockets: 1 closed', closed: 1, terminated: 0 }])
  })

  test('carries the code and the reason that were asked for', async () => {
    await serve({ code: 1012, reason: 'new version, à bientôt' })
    const client = await connectClient(port)
    await lifecycle.shutdown()
    expect(await client.closed).toBe('1012 new version, à bientôt')
  })

  test.each([false, true])('comes after all that was sent before (compressed: %s)', async (perMessageDeflate) => {
    await serve({}, { perMessageDeflate })
    const client = await connectClient(port)
    const payload = randomBytes(500_000).toString('hex')
    lifecycle.drainSignal.addEventListener('abort', () => {
      for (const peer of sockets.clients) for (const part of ['first ', 'second ', 'last ']) peer.send(part + payload)
    })

    await lifecycle.shutdown()

    expect(await client.closed).toBe(GOING_AWAY)
    expect(client.messages).toEqual(['first ', 'second ', 'last '].map((part) => part + payload))
  })

  test('is sent once, whoever has asked for it how often: the last call counts', async () => {
    await serve({ code: 4000 })
    drainWebSockets(lifecycle, sockets, { code: 4001 })
    drainWebSockets(lifecycle, sockets, { code: 4002, reason: '' })
    const client = await connectClient(port)

    const { steps } = await lifecycle.shutdown()

    expect(await client.closed).toBe('4002 ')
    expect(steps).toHaveLength(1)
    expect(said()).toHaveLength(1)
  })

  test('is not sent when the call was taken back', async () => {
    create({ longLived: '300ms' })
    await serve()
    drainWebSockets(lifecycle, sockets)()
    const client = await connectClient(port)

    const { steps } = await lifecycle.shutdown()

    expect(steps).toEqual([])
    // What core does with everything that was upgraded.
    expect(await client.closed).toBe('1006 ')
  })
})

describe('many clients', () => {
  test('are told one after the other over the window', async () => {
    await serve({ stagger: '1s' })
    const clients = await connectClients(20, port)
    const openAtClose: number[] = []
    for (const { socket } of clients) {
      socket.on('close', () =>
        openAtClose.push(clients.filter((one) => one.socket.readyState === WebSocket.OPEN).length),
      )
    }
    const start = performance.now()

    const record = await lifecycle.shutdown()

    // Each when most of those after it have heard nothing: in one go, all of them would be closing at the first.
    expect(openAtClose[0]).toBeGreaterThan(10)
    expect(openAtClose).toEqual(openAtClose.toSorted((a, b) => b - a))
    expect(performance.now() - start).toBeGreaterThanOrEqual(940)
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(clients.map(() => GOING_AWAY))
    expect(record).toMatchObject({ longLived: { open: 20, ended: 0, cut: 0 }, exitCode: 0 })
  })

  test('who leave by themselves are not waited for', async () => {
    await serve({ stagger: '20s' })
    const clients = await connectClients(5, port)

    const stopped = lifecycle.shutdown()
    await reached(lifecycle, 'listener-closed')
    for (const { socket } of clients) socket.close(4000)
    const record = await stopped

    expect(record.durationMs).toBeLessThan(4_000)
    expect(said()).toMatchObject([{ closed: 5, terminated: 0 }])
  })

  test('of several servers are all told', async () => {
    const rooms = ['/chat', '/prices'].map((path) => ({ path, room: new WebSocketServer({ noServer: true }) }))
    server.on('upgrade', (request, socket, head) => {
      const { room } = rooms.find(({ path }) => path === request.url) ?? {}
      room?.handleUpgrade(request, socket, head, (client) => room.emit('connection', client, request))
    })
    for (const { path, room } of rooms) drainWebSockets(lifecycle, room, { reason: path })
    await lifecycle.listen(server, 0)
    const clients = await Promise.all(rooms.map(({ path }) => connectClient(portOf(server), path)))

    const { steps } = await lifecycle.shutdown()

    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(['1001 /chat', '1001 /prices'])
    expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  })
})

describe('the answer to the close frame', () => {
  test('is awaited, and what the client has sent before it is heard', async () => {
    await serve()
    const client = await connectClient(port)
    client.socket.pause()
    const [peer] = sockets.clients
    const heard: string[] = []
    peer?.on('message', (data: Buffer) => heard.push(data.toString()))

    const stopped = lifecycle.shutdown()
    await reached(lifecycle, 'linger-over')
    expect(peer?.readyState).toBe(WebSocket.CLOSING)
    client.socket.send('one more')
    client.socket.resume()
    await stopped

    expect(await client.closed).toBe(GOING_AWAY)
    expect(heard).toEqual(['one more'])
    expect(said()).toMatchObject([{ closed: 1, terminated: 0 }])
  })

  test.each([
    ['a client that reads nothing', (client: WebSocket) => client.pause()],
    [
      'a client that has more to read than it takes',
      (client: WebSocket) => {
        client.pause()
        for (const peer of sockets.clients) peer.send(Buffer.alloc(20_000_000))
      },
    ],
    [
      'a client that the application does not read from',
      () => {
        for (const peer of sockets.clients) peer.pause()
      },
    ],
  ])('is not awaited for ever: %s is terminated before the limit, and the exit is clean', async (_who, deafen) => {
    create({ longLived: '3s' })
    await serve()
    const deaf = await connectClient(port)
    deafen(deaf.socket)
    const polite = await connectClient(port)

    const record = await lifecycle.shutdown()

    deaf.socket.resume()
    await deaf.closed
    expect(await polite.closed).toBe(GOING_AWAY)
    expect(record).toMatchObject({
      steps: [{ step: 'leave', name: 'drain WebSockets', outcome: 'done' }],
      longLived: { open: 2, ended: 0, cut: 0 },
      exitCode: 0,
    })
    expect(said()).toMatchObject([
      {
        level: 'warn',
        message: 'WebSockets: 1 closed, 1 terminated, which had not answered the close frame in time',
        closed: 1,
        terminated: 1,
      },
    ])
  })

  test('of a client that is closing already is awaited as the others', async () => {
    await serve()
    const client = await connectClient(port)
    client.socket.pause()
    const [peer] = sockets.clients
    peer?.close(4000, 'kicked out')

    const stopped = lifecycle.shutdown()
    await reached(lifecycle, 'linger-over')
    client.socket.resume()
    await stopped

    expect(await client.closed).toBe('4000 kicked out')
    expect(said()).toMatchObject([{ closed: 1, terminated: 0 }])
  })
})

describe('a handshake that ends only when the listener has closed', () => {
  test('is followed by what the application says, and by the close frame', async () => {
    let admit = (): void => {}
    await serve({}, { verifyClient: (_info, done) => (admit = () => done(true)) })
    sockets.on('connection', (client) => client.send('welcome'))
    const client = dial(port)
    await once(server, 'upgrade')

    const stopped = lifecycle.shutdown()
    await reached(lifecycle, 'listener-closed')
    await reached(lifecycle, 'linger-over')
    admit()
    const record = await stopped

    expect(await client.closed).toBe(GOING_AWAY)
    expect(client.messages).toEqual(['welcome'])
    expect(record).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 }, exitCode: 0 })
  })

  test('is seen also where nobody emits connection', async () => {
    let accept = (): void => {}
    await serve({}, { noServer: true, server: undefined as never })
    server.on('upgrade', (request, socket, head) => {
      accept = () => sockets.handleUpgrade(request, socket, head, () => {})
    })
    const client = dial(port)
    await once(server, 'upgrade')

    const stopped = lifecycle.shutdown()
    await reached(lifecycle, 'linger-over')
    accept()
    await stopped

    expect(await client.closed).toBe(GOING_AWAY)
  })

  test('is let alone when the lifecycle is over, so that the server may serve another one', async () => {
    await serve()
    await lifecycle.shutdown()
    expect(sockets.listenerCount('headers')).toBe(0)
  })
})

test('a server that nobody has attached is named, because its clients will come back to it', async () => {
  const forgotten = createServer()
  await serve({}, { server: forgotten })
  await new Promise<void>((resolve) => forgotten.listen(0, resolve))
  const client = await connectClient(portOf(forgotten))

  await lifecycle.shutdown()

  expect(await client.closed).toBe(GOING_AWAY)
  expect(said()[0]).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('give it to lifecycle.listen or lifecycle.attach') as string,
  })
  await new Promise((resolve) => forgotten.close(resolve))
})

test('without clients there is nothing to wait for and nothing to say', async () => {
  await serve()
  const { durationMs } = await lifecycle.shutdown()
  expect(durationMs).toBeLessThan(2_000)
  expect(said()).toEqual([])
})
