import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createNetServer } from 'node:net'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, ListenArguments } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const OPTIONS = { shutdown: { linger: false }, logger: false } as const

const started: Lifecycle[] = []

function lifecycleOf(...options: Parameters<typeof createLifecycle>): Lifecycle {
  const lifecycle = createLifecycle(...options)
  started.push(lifecycle)
  return lifecycle
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((lifecycle) => lifecycle.shutdown()))
  expect(process.listenerCount('SIGTERM')).toBe(0)
  expect(process.listenerCount('SIGINT')).toBe(0)
})

test('a new lifecycle is inert', () => {
  const lifecycle = lifecycleOf(OPTIONS)

  expect(lifecycle.phase).toBe('idle')
  expect(lifecycle.ready).toBe(false)
  expect(lifecycle.report().reasons).toEqual(['not-started'])
  expect(process.listenerCount('SIGTERM')).toBe(0)
})

test('listen opens the port, installs the signal handlers and comes to ready', async () => {
  const lifecycle = lifecycleOf(OPTIONS)

  const server = await lifecycle.listen((_request, response) => response.end('served'), 0)
  await lifecycle.whenReady()

  expect(await (await fetch(`http://localhost:${portOf(server)}/`)).text()).toBe('served')
  expect(process.listenerCount('SIGTERM')).toBe(1)
})

test('listen takes what net.Server#listen takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'listen-'))
  const handler = (): void => {}

  const byOptions = await lifecycleOf(OPTIONS).listen(handler, { port: 0, host: '127.0.0.1' })
  const byPath = await lifecycleOf(OPTIONS).listen(handler, join(folder, 'socket'))
  const byHost = await lifecycleOf(OPTIONS).listen(createServer(handler), 0, '127.0.0.1', 5)

  expect(byOptions.address()).toMatchObject({ address: '127.0.0.1' })
  expect(byPath.address()).toBe(join(folder, 'socket'))
  expect(byHost.address()).toMatchObject({ address: '127.0.0.1' })
  await rm(folder, { recursive: true })
})

test('listen takes the backlog behind a port, options with a path, and a port as a string', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'listen-'))
  const handler = (): void => {}

  const byBacklog = await lifecycleOf(OPTIONS).listen(handler, 0, 5)
  const byPath = await lifecycleOf(OPTIONS).listen(handler, { path: join(folder, 'socket'), backlog: 5 })
  const byString = await lifecycleOf(OPTIONS).listen(handler, '0')

  expect(portOf(byBacklog)).toBeGreaterThan(0)
  expect(byPath.address()).toBe(join(folder, 'socket'))
  expect(portOf(byString)).toBeGreaterThan(0)
  await rm(folder, { recursive: true })
})

test('listen without a place opens any port', async () => {
  const server = await lifecycleOf(OPTIONS).listen((_request, response) => response.end('served'))

  expect(await (await fetch(`http://localhost:${portOf(server)}/`)).text()).toBe('served')
})

test('listen calls a callback as net.Server#listen does, once and by the time it resolves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'listen-'))
  const open = (): NetServer => createNetServer().listen(0)
  const forms: ((called: () => void) => ListenArguments)[] = [
    (called) => [called],
    (called) => [undefined, called],
    (called) => [0, called],
    (called) => ['0', called],
    (called) => [0, 5, called],
    (called) => [0, '127.0.0.1', called],
    (called) => [0, '127.0.0.1', 5, called],
    (called) => [join(folder, 'a'), called],
    (called) => [join(folder, 'b'), 5, called],
    (called) => [{ port: 0 }, called],
    (called) => [open(), called],
    (called) => [open(), 5, called],
  ]

  for (const form of forms) {
    const called = vi.fn()
    const lifecycle = lifecycleOf(OPTIONS)
    await lifecycle.listen(() => {}, ...form(called))
    expect({ form: String(form), calls: called.mock.calls }).toEqual({ form: String(form), calls: [[]] })
    await lifecycle.shutdown()
  }
  await rm(folder, { recursive: true })
})

test('listen calls its callback when the port is open, also where that is when the service is ready', async () => {
  let warm = (): void => {}
  const lifecycle = lifecycleOf({
    ...OPTIONS,
    warmUp: { whileWarming: 'closed' },
    dependencies: [{ name: 'a', warmUp: () => new Promise<void>((resolve) => (warm = resolve)) }],
  })
  const called = vi.fn()
  const listening = lifecycle.listen(
    () => {},
    0,
    () => called(lifecycle.phase),
  )
  await expect.poll(() => lifecycle.phase).toBe('warming')
  expect(called).not.toHaveBeenCalled()

  warm()
  await listening

  expect(called.mock.calls).toEqual([['ready']])
})

test('listen takes a server that has bound its port already', async () => {
  const bound = createNetServer().listen(0, '127.0.0.1')
  await once(bound, 'listening')

  const server = await lifecycleOf(OPTIONS).listen((_request, response) => response.end('served'), bound)

  expect(portOf(server)).toBe((bound.address() as AddressInfo).port)
  expect(await (await fetch(`http://127.0.0.1:${portOf(server)}/`)).text()).toBe('served')
})

test('listen on a used port rejects with EADDRINUSE and leaves nothing running; another port may follow', async () => {
  const taken = createServer().listen(0)
  await once(taken, 'listening')
  const lifecycle = lifecycleOf({
    ...OPTIONS,
    dependencies: [{ name: 'a', warmUp: () => Promise.reject(new Error('ran')) }],
  })

  const server = createServer()
  await expect(lifecycle.listen(server, portOf(taken))).rejects.toMatchObject({ code: 'EADDRINUSE' })

  expect(Object.hasOwn(server, 'emit')).toBe(false)
  expect(lifecycle.phase).toBe('idle')
  expect(lifecycle.report().warmUp.pending['a']?.attempt).toBe(0)
  expect(process.listenerCount('SIGTERM')).toBe(0)
  taken.close()
  await expect(lifecycle.listen(() => {}, 0)).resolves.toMatchObject({ listening: true })
})

test('listen with a port that is none rejects with the server own error', async () => {
  const lifecycle = lifecycleOf(OPTIONS)

  await expect(lifecycle.listen(() => {}, 123_456)).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
  expect(lifecycle.phase).toBe('idle')
})

test('listen that a shutdown overtakes rejects, and the port is closed again', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = createServer()
  // The host's name is looked up first, which takes longer than a shutdown with nothing to do.
  const [listening] = await Promise.allSettled([lifecycle.listen(server, 0, 'localhost'), lifecycle.shutdown()])

  expect(listening).toMatchObject({
    status: 'rejected',
    reason: { code: 'TIDEGATE_PHASE', message: expect.stringContaining('listen() was called while') as string },
  })
  expect(server.listening).toBe(false)
  expect(Object.hasOwn(server, 'emit')).toBe(false)
})

test('attach starts when the port opens', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = lifecycle.attach(createServer((_request, response) => response.end()))
  expect(lifecycle.phase).toBe('idle')

  server.listen(0)
  await once(server, 'listening')

  expect(lifecycle.phase).toBe('ready')
})

test('a port that an attached server opens during the drain is closed again', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = lifecycle.attach(createServer())
  lifecycle.addHook('drain', async () => {
    if (!lifecycle.drainSignal.aborted) await once(lifecycle.drainSignal, 'abort')
    server.listen(0)
    await once(server, 'listening')
  })

  const { steps } = await lifecycle.shutdown()

  expect(steps).toMatchObject([{ outcome: 'done' }])
  expect(server.listening).toBe(false)
})

test('attach takes a server that is already open, with the connections it has', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = createServer((_request, response) => response.end('served')).listen(0)
  await once(server, 'listening')
  const url = `http://localhost:${portOf(server)}`
  await (await fetch(url)).text()

  lifecycle.attach(server)

  expect(lifecycle.phase).toBe('ready')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('a request in flight when the server is attached is waited for', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleOf({ ...OPTIONS, logger })
  let answer = (): void => {}
  const server = createServer((_request, response) => {
    answer = () => response.end('whole')
  }).listen(0)
  await once(server, 'listening')
  const asked = fetch(`http://localhost:${portOf(server)}/`)
  await once(server, 'request')
  lifecycle.attach(server)

  const stopped = lifecycle.shutdown()
  const lingerOver = new Promise<void>((resolve) => {
    lifecycle.on('drain', ({ step }) => {
      if (step === 'linger-over') resolve()
    })
  })
  await lingerOver
  answer()

  expect(await (await asked).text()).toBe('whole')
  server.closeIdleConnections()
  await stopped
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('before it listens') as string }),
  )
})

test('attach twice is attach once', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = createServer()
  lifecycle.attach(server)
  const { emit } = server

  lifecycle.attach(server)

  expect(server.emit).toBe(emit)
})

test('a keep-alive time that was not given is raised; a given one stays, with a warning when it is short', () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleOf({ ...OPTIONS, logger })

  expect(lifecycle.attach(createServer()).keepAliveTimeout).toBe(65_000)
  expect(lifecycle.attach(createServer({ keepAliveTimeout: 70_000 })).keepAliveTimeout).toBe(70_000)
  expect(lines).toEqual([])
  expect(lifecycle.attach(createServer({ keepAliveTimeout: 3_000 })).keepAliveTimeout).toBe(3_000)
  expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('raise it to 65000') as string }])
})

test('start needs no server, and starting twice is starting once', async () => {
  const lifecycle = lifecycleOf(OPTIONS)

  await lifecycle.start()
  await lifecycle.start()

  expect(lifecycle.phase).toBe('ready')
  expect(process.listenerCount('SIGTERM')).toBe(1)
})

test('after a shutdown listen, attach and start say that a lifecycle runs once', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  await lifecycle.shutdown()

  const refusal = { code: 'TIDEGATE_PHASE', message: expect.stringContaining('createLifecycle()') as string }
  await expect(lifecycle.listen(() => {}, 0)).rejects.toMatchObject(refusal)
  await expect(lifecycle.start()).rejects.toMatchObject(refusal)
  expect(() => lifecycle.attach(createServer())).toThrow(expect.objectContaining(refusal))
})

test('a subscriber that throws is logged, and the others still hear', async () => {
  const { logger, lines } = createRecordingLogger()
  const lifecycle = lifecycleOf({ ...OPTIONS, logger })
  const heard: string[] = []
  lifecycle.on('phase', () => {
    throw new Error('subscriber broke')
  })
  const end = lifecycle.on('phase', ({ phase }) => heard.push(phase))

  await lifecycle.start()
  end()
  await lifecycle.shutdown()

  expect(heard).toEqual(['warming', 'ready'])
  expect(lines.filter(({ message }) => message === 'a subscriber threw')).not.toEqual([])
  expect(() => lifecycle.on('nonsense' as 'phase', () => {})).toThrow('there is no "nonsense" event')
})

test('listen whose signal aborts rejects and leaves nothing running', async () => {
  const lifecycle = lifecycleOf(OPTIONS)

  const listening = lifecycle.listen(() => {}, { port: 0, signal: AbortSignal.abort() })

  await expect(listening).rejects.toMatchObject({ name: 'AbortError' })
  expect(lifecycle.phase).toBe('idle')
})

test('the listeners of a server that opens its port during the drain see its address', async () => {
  const lifecycle = lifecycleOf(OPTIONS)
  const server = lifecycle.attach(createServer())
  let port: number | undefined
  server.on('listening', () => {
    ;({ port } = server.address() as AddressInfo)
  })
  lifecycle.addHook('drain', async () => {
    if (!lifecycle.drainSignal.aborted) await once(lifecycle.drainSignal, 'abort')
    server.listen(0)
    await once(server, 'listening')
  })
  await lifecycle.start()

  await lifecycle.shutdown()

  expect(port).toBeGreaterThan(0)
  expect(server.listening).toBe(false)
})
