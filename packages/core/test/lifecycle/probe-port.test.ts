import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, LifecycleOptions, LifecycleEvents } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

function lifecycleWith(options: LifecycleOptions = {}): Lifecycle {
  const lifecycle = createLifecycle({
    shutdown: { signals: false, linger: false },
    logger: false,
    ...options,
    probes: { port: 0, host: '127.0.0.1', ...options.probes },
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  return lifecycle
}

function step(lifecycle: Lifecycle, wanted: LifecycleEvents['drain']['step']): Promise<void> {
  return new Promise((resolve) => lifecycle.on('drain', ({ step: reached }) => reached === wanted && resolve()))
}

async function ask(port: number | undefined, path: string, init?: RequestInit) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
  return { status: response.status, body: await response.text() }
}

async function takenPort(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

async function refuses(port: number | undefined): Promise<boolean> {
  const socket = connect(port ?? 0, '127.0.0.1')
  const outcome = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch((error: unknown) => [
    error,
  ])
  socket.destroy()
  return outcome[0] instanceof Error
}

test('answers probes and nothing else, while the application answers them as well', async () => {
  const lifecycle = lifecycleWith()
  const server = await lifecycle.listen((_, response) => response.end('shop'), 0, '127.0.0.1')
  await lifecycle.whenReady()

  for (const path of ['/livez', '/readyz', '/startupz', '/healthz']) {
    expect(await ask(lifecycle.probePort, path)).toMatchObject({ status: 200 })
    expect(await ask(portOf(server), path)).toMatchObject({ status: 200 })
  }
  expect(await ask(portOf(server), '/orders')).toEqual({ status: 200, body: 'shop' })
  expect(await ask(lifecycle.probePort, '/orders')).toMatchObject({ status: 404 })
  expect(await ask(lifecycle.probePort, '/')).toMatchObject({ status: 404 })
  expect(await ask(lifecycle.probePort, '/healthz', { method: 'POST' })).toMatchObject({ status: 405 })
  expect(await ask(lifecycle.probePort, '/healthz', { method: 'HEAD' })).toEqual({ status: 200, body: '' })
})

test('has no gate: what is no probe is 404 while the application is refused', async () => {
  const lifecycle = lifecycleWith({ dependencies: [{ name: 'cache', warmUp: () => new Promise(() => {}) }] })
  const server = await lifecycle.listen((_, response) => response.end('shop'), 0, '127.0.0.1')

  expect(await ask(portOf(server), '/orders')).toMatchObject({ status: 503 })
  expect(await ask(lifecycle.probePort, '/orders')).toMatchObject({ status: 404 })
  expect(await ask(lifecycle.probePort, '/startupz')).toMatchObject({ status: 503 })
})

test('opens with start(), for a worker that has no other', async () => {
  const lifecycle = lifecycleWith()
  expect(lifecycle.probePort).toBeUndefined()
  await lifecycle.start()

  expect(await ask(lifecycle.probePort, '/livez')).toMatchObject({ status: 200 })
})

test('opens when the port of an attached server does', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleWith({ logger })
  const server = lifecycle.attach(createServer())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await expect.poll(() => lines.some(({ message }) => message.includes('port of their own'))).toBe(true)

  expect(await ask(lifecycle.probePort, '/livez')).toMatchObject({ status: 200 })
})

test('answers all through the drain and the close, and closes last', async () => {
  let goOn = (): void => {}
  const closing = new Promise<void>((resolve) => (goOn = resolve))
  let closeBegun = (): void => {}
  const begun = new Promise<void>((resolve) => (closeBegun = resolve))
  const lifecycle = lifecycleWith({
    dependencies: [
      {
        name: 'postgres',
        close() {
          closeBegun()
          return closing
        },
      },
    ],
  })
  let answerLate = (): void => {}
  const server = await lifecycle.listen((_, response) => (answerLate = () => response.end('late')), 0, '127.0.0.1')
  await lifecycle.whenReady()
  const port = lifecycle.probePort
  const applicationPort = portOf(server)
  const requested = once(server, 'request')
  const slow = ask(applicationPort, '/slow')
  await requested

  const listenerClosed = step(lifecycle, 'listener-closed')
  const stopped = lifecycle.shutdown()
  await listenerClosed
  expect(await refuses(applicationPort)).toBe(true)
  expect(await ask(port, '/livez')).toMatchObject({ status: 200 })
  expect(await ask(port, '/healthz')).toMatchObject({ status: 503 })
  answerLate()
  expect(await slow).toEqual({ status: 200, body: 'late' })

  await begun
  expect(lifecycle.phase).toBe('closing')
  expect(await ask(port, '/livez')).toMatchObject({ status: 200 })
  expect(await ask(port, '/readyz')).toMatchObject({ status: 503 })
  goOn()
  await stopped
  expect(await refuses(port)).toBe(true)
  expect(lifecycle.probePort).toBeUndefined()
})

test('its connections are no traffic: the record counts none, and none is waited for', async () => {
  const lifecycle = lifecycleWith()
  await lifecycle.listen(createServer(), 0, '127.0.0.1')
  const idle = connect(lifecycle.probePort ?? 0, '127.0.0.1')
  await once(idle, 'connect')
  const half = connect(lifecycle.probePort ?? 0, '127.0.0.1')
  half.write('GET /livez HTTP/1.1\r\nHost:')
  half.on('error', () => {})
  await once(half, 'connect')

  const record = await lifecycle.shutdown()

  expect(record.connections).toMatchObject({ open: 0 })
  expect(record.requests).toMatchObject({ inFlight: 0, finished: 0 })
  expect(record.durationMs).toBeLessThan(5_000)
  idle.destroy()
  half.destroy()
})

test('tells the function of details which server was asked', async () => {
  const lifecycle = lifecycleWith({ probes: { details: ({ probePort }) => (probePort ? 'full' : 'none') } })
  const server = await lifecycle.listen(createServer(), 0, '127.0.0.1')
  await lifecycle.whenReady()

  expect((await ask(portOf(server), '/healthz')).body).toBe('{"status":"pass"}')
  expect((await ask(lifecycle.probePort, '/healthz')).body).toContain('"phase":"ready"')
})

test.each(['listen', 'start'] as const)(
  'a port that is taken rejects %s(), which leaves nothing running',
  async (call) => {
    const taken = await takenPort()
    const lifecycle = lifecycleWith({ probes: { port: portOf(taken) } })
    const server = createServer()

    const started = call === 'listen' ? lifecycle.listen(server, 0, '127.0.0.1') : lifecycle.start()
    await expect(started).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining(`probes.port: 127.0.0.1:${portOf(taken)} cannot be opened`) as string,
    })

    expect(lifecycle.phase).toBe('idle')
    expect(server.listening).toBe(false)
  },
)

test('a port that was taken at first is opened by the next start(), which is said once', async () => {
  const taken = await takenPort()
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleWith({ logger, probes: { port: portOf(taken) } })
  for (let tried = 0; tried < 2; tried++) {
    await expect(lifecycle.start()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  }
  const port = portOf(taken)
  taken.close()
  await once(taken, 'close')

  await lifecycle.start()
  expect(lifecycle.probePort).toBe(port)
  expect(lines.filter(({ message }) => message.includes('port of their own'))).toHaveLength(1)
})

test('an application that is to listen on probes.port is told who holds it', async () => {
  const taken = await takenPort()
  const port = portOf(taken)
  taken.close()
  await once(taken, 'close')
  const lifecycle = lifecycleWith({ probes: { port } })

  await expect(lifecycle.listen(createServer(), port, '127.0.0.1')).rejects.toMatchObject({
    code: 'EADDRINUSE',
    message: expect.stringContaining(
      `port ${port} is taken (EADDRINUSE) by the lifecycle's own probe server`,
    ) as string,
  })
  expect(lifecycle.phase).toBe('idle')
  expect(lifecycle.probePort).toBeUndefined()
})

test('a port of the application that is taken closes that of the probes again', async () => {
  const taken = await takenPort()
  const lifecycle = lifecycleWith()

  await expect(lifecycle.listen(createServer(), portOf(taken), '127.0.0.1')).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  expect(lifecycle.probePort).toBeUndefined()

  await lifecycle.listen(createServer(), 0, '127.0.0.1')
  expect(await ask(lifecycle.probePort, '/livez')).toMatchObject({ status: 200 })
})

test('a port that is taken when an attached server opens is logged', async () => {
  const taken = await takenPort()
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleWith({ logger, probes: { port: portOf(taken) } })
  const server = lifecycle.attach(createServer())
  server.listen(0, '127.0.0.1')

  await expect
    .poll(() => lines.filter(({ level }) => level === 'error').map(({ message }) => message))
    .toEqual([expect.stringContaining('EADDRINUSE')])
})

test('a lifecycle that leaves while the port opens ends with it closed', async () => {
  const lifecycle = lifecycleWith()
  const starting = lifecycle.start()
  const leaving = lifecycle.shutdown()

  await expect(starting).rejects.toMatchObject({ code: 'TIDEGATE_PHASE' })
  await leaving
  expect(lifecycle.probePort).toBeUndefined()
})
