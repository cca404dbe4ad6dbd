import { once } from 'node:events'
import type { RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { afterEach, expect, test } from 'vitest'

import { createDeferred } from '../../src/deferred.ts'
import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, ShutdownOptions } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const ACCEPTS_EVENTS = 'Accept: text/event-stream'
const CHUNKED_END = '0\r\n\r\n'
const OPTIONS: ShutdownOptions = { signals: false, lameDuck: false, linger: false, gracePeriod: '20s', longLived: 300 }

let lifecycle: Lifecycle
let server: Server

async function serve(handler: RequestListener, shutdown: ShutdownOptions = {}): Promise<void> {
  lifecycle = createLifecycle({ shutdown: { ...OPTIONS, ...shutdown }, logger: false })
  server = await lifecycle.listen(handler, 0)
}

async function ask(...headers: string[]): Promise<RawClient> {
  const client = await connectRaw(server)
  client.send(get('/events?token=secret', ...headers))
  return client
}

function reached(step: string): Promise<void> {
  return new Promise((resolve) => {
    lifecycle.on('drain', (event) => {
      if (event.step === step) resolve()
    })
  })
}

afterEach(async () => {
  await lifecycle.shutdown()
})

test('an event stream ends with its last chunk at the limit, which is no failure', async () => {
  await serve((_request, response) => void response.write('data: 1\n\n'))
  const client = await ask(ACCEPTS_EVENTS)
  await client.hear('data: 1')

  const record = await lifecycle.shutdown()

  expect(await client.closed).toBe('end')
  expect(client.received.endsWith(CHUNKED_END)).toBe(true)
  expect(record).toMatchObject({
    requests: { inFlight: 0, finished: 0, cut: 0 },
    longLived: { open: 1, ended: 1, cut: 0 },
    connections: { open: 1, eventStreams: 1, active: 0, cut: 0 },
    exitCode: 0,
  })
})

test('a handler that goes on writing to a stream we have ended harms nobody, and hears of its callbacks', async () => {
  let stream: ServerResponse | undefined
  await serve((_request, response) => {
    stream = response
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    lifecycle.longLived(response)
  })
  const client = await ask()
  await client.hear('data: 1')

  await lifecycle.shutdown()

  const written = new Promise<void>((resolve) => stream?.write('data: 2\n\n', () => resolve()))
  stream?.end('data: 3\n\n')
  await written
  expect(await client.closed).toBe('end')
  expect(client.received).not.toContain('data: 2')
})

test('an event stream may say its last word when the listener has closed, and end itself', async () => {
  await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    lifecycle.longLived(response, () => response.end('retry: 50\n\n'))
  })
  const client = await ask()
  await client.hear('data: 1')

  const record = await lifecycle.shutdown()

  expect(client.received).toContain('retry: 50')
  expect(record).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 }, steps: [], exitCode: 0 })
})

test('drainSignal may have as many listeners as there are event streams, without a warning', async () => {
  lifecycle = createLifecycle({ logger: false })
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  for (let stream = 0; stream < 100; stream++) lifecycle.drainSignal.addEventListener('abort', () => stream)
  await turn()
  process.off('warning', note)
  expect(warnings).toEqual([])
})

test('drainSignal tells event streams the same', async () => {
  await serve((_request, response) => {
    response.write('data: 1\n\n')
    lifecycle.drainSignal.addEventListener('abort', () => response.end('retry: 50\n\n'))
  })
  const client = await ask(ACCEPTS_EVENTS)
  await client.hear('data: 1')

  expect(await lifecycle.shutdown()).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 } })
  expect(client.received).toContain('retry: 50')
})

test('what is marked when the listener has closed already is asked to leave at once', async () => {
  let held: ServerResponse | undefined
  await serve((_request, response) => {
    held = response
  })
  const client = await ask()
  await expect.poll(() => held).toBeDefined()
  const stopped = lifecycle.shutdown()
  await reached('listener-closed')

  lifecycle.longLived(held as ServerResponse, () => held?.end('bye'))

  await stopped
  expect(client.received).toContain('bye')
})

test('an event stream keeps no idle connection open after the linger', async () => {
  await serve(
    (request, response) => {
      if (request.headers.accept === undefined) response.end('served')
      else response.write('data: 1\n\n')
    },
    { longLived: '10s' },
  )
  const stream = await ask(ACCEPTS_EVENTS)
  await stream.hear('data: 1')
  const idle = await ask()
  await idle.hear('served')

  const stopped = lifecycle.shutdown()

  expect(await idle.closed).toBe('end')
  expect(lifecycle.phase).toBe('draining')
  stream.socket.destroy()
  expect(await stopped).toMatchObject({ longLived: { open: 1, ended: 0, cut: 0 }, exitCode: 0 })
})

test('what cannot be ended cleanly is destroyed at the limit, with its route, age and peer in the record', async () => {
  await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('half')
  })
  const client = await ask(ACCEPTS_EVENTS)
  await client.hear('half')
  const peer = `${client.socket.localAddress}:${client.socket.localPort}`

  const { longLived, cut, exitCode } = await lifecycle.shutdown()

  expect(longLived).toEqual({ open: 1, ended: 0, cut: 1 })
  expect(cut).toEqual([
    {
      kind: 'long-lived',
      route: 'GET /events',
      ageMs: expect.any(Number) as number,
      peer: expect.stringContaining(peer) as string,
    },
  ])
  expect(cut[0]?.ageMs).toBeGreaterThan(0)
  expect(exitCode).toBe(0)
})

test('requests have a limit of their own, and are cut while event streams live on', async () => {
  let hangs = 0
  const handler: RequestListener = (request, response) => {
    if (request.headers.accept === undefined) hangs++
    else response.write('data: 1\n\n')
  }
  await serve(handler, { requests: 100, longLived: '10s' })
  const stream = await ask(ACCEPTS_EVENTS)
  await stream.hear('data: 1')
  const hung = await ask()
  await expect.poll(() => hangs).toBe(1)

  const stopped = lifecycle.shutdown()
  await hung.closed

  expect(stream.ended).toBe(false)
  stream.socket.destroy()
  expect(await stopped).toMatchObject({
    requests: { inFlight: 1, cut: 1 },
    longLived: { open: 1, cut: 0 },
    cut: [{ kind: 'request', route: 'GET /events' }],
    exitCode: 1,
  })
})

test('an upgraded connection may be told to leave, and a leave hook is awaited', async () => {
  await serve(() => {}, { longLived: '10s' })
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.write('upgraded')
    socket.resume()
    socket.on('end', () => socket.end())
    lifecycle.longLived(socket, () => socket.write('bye'))
  })
  const client = await connectRaw(server)
  client.send(get('/', 'Connection: Upgrade', 'Upgrade: test'))
  await client.hear('upgraded')
  lifecycle.addHook('leave', async function endAll() {
    expect(lifecycle.drainSignal.aborted).toBe(true)
    await client.hear('bye')
    client.socket.destroy()
    await once(client.socket, 'close')
  })

  const record = await lifecycle.shutdown()

  expect(record).toMatchObject({
    longLived: { open: 1, ended: 0, cut: 0 },
    steps: [{ step: 'leave', name: 'endAll', outcome: 'done' }],
    exitCode: 0,
  })
})

test('what throws when it is asked to leave is logged, and the others are asked', async () => {
  const { logger, lines } = createRecordingLogger()
  lifecycle = createLifecycle({ shutdown: OPTIONS, logger })
  let asked = 0
  server = await lifecycle.listen((_request, response) => {
    response.write('data: 1\n\n')
    lifecycle.longLived(response, () => {
      response.end()
      asked++
      throw new Error('its channel is gone')
    })
  }, 0)
  const clients = [await ask(), await ask()]
  for (const client of clients) await client.hear('data: 1')

  await lifecycle.shutdown()

  expect(asked).toBe(2)
  expect(lines.filter(({ fields }) => fields['error'] === 'its channel is gone')).toHaveLength(2)
})

test('a request that also takes an event stream is an ordinary one, once it is seen to answer something else', async () => {
  const { promise: began, resolve: begin } = createDeferred<ServerResponse>()
  await serve(
    (_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.write('[1')
      begin(response)
    },
    { longLived: 50 },
  )
  const client = await ask('Accept: application/json, text/event-stream')
  const response = await began

  const stopped = lifecycle.shutdown()
  await reached('linger-over')
  setTimeout(() => response.end(',2]'), 300)

  await client.closed
  expect(client.received).toContain(',2]')
  expect(await stopped).toMatchObject({ requests: { inFlight: 1, finished: 1 }, longLived: { open: 0, ended: 0 } })
})

test('whatever goes on writing to what it was asked to end, or to what we have ended, harms nobody', async () => {
  await serve(() => {})
  const writers: NodeJS.Timeout[] = []
  server.on('upgrade', (request, socket: Duplex) => {
    writers.push(setInterval(() => socket.write('tick'), 5))
    if (request.url === '/told') lifecycle.longLived(socket, () => socket.end('bye'))
  })
  const clients = await Promise.all([connectRaw(server), connectRaw(server)])
  clients[0].send(get('/told', 'Connection: Upgrade', 'Upgrade: test'))
  clients[1].send(get('/', 'Connection: Upgrade', 'Upgrade: test'))
  for (const client of clients) {
    await client.hear('tick')
    client.socket.allowHalfOpen = true
  }

  const { longLived, exitCode } = await lifecycle.shutdown()

  expect({ longLived, exitCode }).toEqual({ longLived: { open: 2, ended: 1, cut: 0 }, exitCode: 0 })
  for (const { socket } of clients) socket.destroy()
  for (const writer of writers) clearInterval(writer)
})

test('an answer that is ended already is not asked to end, however long its client takes to read it', async () => {
  let asked = 0
  await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    lifecycle.longLived(response, () => {
      asked++
      response.end('retry: 50')
    })
    response.end('x'.repeat(8 * 1024 * 1024))
  })
  const client = await ask()
  await client.hear('x')
  client.socket.pause()

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  client.socket.resume()

  await stopped
  expect(asked).toBe(0)
})

test('an event stream that begins when the listener has closed may write before it is asked to leave', async () => {
  await serve(
    (request, response) => {
      if (request.headers.accept === undefined) {
        response.end('served')
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      lifecycle.longLived(response, () => response.end('retry: 50'))
      response.write('data: 1')
      setImmediate(() => setImmediate(() => response.write('data: 2')))
    },
    { linger: '10s', longLived: '11s' },
  )
  const client = await ask()
  await client.hear('served')
  const stopped = lifecycle.shutdown()
  await reached('listener-closed')

  client.send(get('/events', ACCEPTS_EVENTS))

  await client.closed
  expect(client.received).toMatch(/data: 1[^]*retry: 50/)
  expect(client.received).not.toContain('data: 2')
  expect(await stopped).toMatchObject({ exitCode: 0 })
})

test('an async function that fails to end its stream is logged', async () => {
  const { logger, lines } = createRecordingLogger()
  lifecycle = createLifecycle({ shutdown: OPTIONS, logger })
  server = await lifecycle.listen((_request, response) => {
    response.write('data: 1')
    lifecycle.longLived(response, async () => {
      throw new Error('its channel is gone')
    })
  }, 0)
  const client = await ask()
  await client.hear('data: 1')

  await lifecycle.shutdown()

  expect(lines.map(({ fields }) => fields['error'])).toContain('its channel is gone')
})

test('the callback of an end that comes too late is called', async () => {
  let stream: ServerResponse | undefined
  await serve((_request, response) => {
    stream = response
    response.write('data: 1')
  })
  const client = await ask(ACCEPTS_EVENTS)
  await client.hear('data: 1')
  await lifecycle.shutdown()

  await expect(new Promise<void>((resolve) => stream?.end('bye', resolve))).resolves.toBeUndefined()
})

test('a late upgrade is refused with the other late requests, when they are', async () => {
  await serve((_request, response) => response.end('served'), { linger: '10s', longLived: '11s', late: 'reject' })
  server.on('upgrade', () => expect.unreachable())
  const client = await ask()
  await client.hear('served')
  const stopped = lifecycle.shutdown()
  await reached('listener-closed')

  client.send(get('/', 'Connection: Upgrade', 'Upgrade: test'))

  expect(await client.closed).toBe('end')
  expect(client.received).toMatch(/HTTP\/1.1 503 Service Unavailable[^]*retry-after: 1[^]*"draining"/)
  expect(await stopped).toMatchObject({ requests: { rejected: 1 }, exitCode: 0 })
})

test('a limit for requests that is shorter than the linger ends the linger', async () => {
  await serve((_request, response) => response.end('served'), { linger: '10s', requests: 300, longLived: '11s' })
  const client = await ask()
  await client.hear('served')

  const stopped = lifecycle.shutdown()

  expect(await client.closed).toBe('end')
  expect((await stopped).drain.usedMs).toBeLessThan(8_000)
})
