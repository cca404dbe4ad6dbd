import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'

import { afterEach, expect, test, vi } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, LifecycleOptions } from '../../src/index.ts'
import { resolveOptions } from '../../src/options/resolve-options.ts'
import { portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

let lifecycle: Lifecycle
let warm: () => void

let lines: ReturnType<typeof createRecordingLogger>['lines']

function create(more: LifecycleOptions = {}): void {
  const recording = createRecordingLogger()
  ;({ lines } = recording)
  const warmed = new Promise<void>((resolve) => {
    warm = resolve
  })
  lifecycle = createLifecycle({
    dependencies: [{ name: 'slow', warmUp: () => warmed }],
    warmUp: { whileWarming: 'closed' },
    shutdown: { linger: false, signals: false, exit: false },
    logger: recording.logger,
    ...more,
  })
}

const serve = (): Server => createServer((_request, response) => response.end('served'))

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const opened = await new Promise<boolean>((resolve) => {
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
  socket.destroy()
  return opened
}

/** One that nobody has, for now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

async function read(server: Server): Promise<string> {
  return (await fetch(`http://127.0.0.1:${portOf(server)}/`)).text()
}

afterEach(() => lifecycle.shutdown())

test('listen starts the warm-up, opens the port when it is ready and resolves then; probes have a port of their own', async () => {
  create({ probes: { port: 0, host: '127.0.0.1' } })
  const port = await freePort()
  const listening = lifecycle.listen(serve(), port)
  await vi.waitUntil(() => lifecycle.probePort !== undefined, { timeout: 30_000, interval: 5 })
  expect(lifecycle.phase).toBe('warming')
  expect(await isOpen(port)).toBe(false)
  expect((await fetch(`http://127.0.0.1:${lifecycle.probePort}/readyz`)).status).toBe(503)

  warm()
  const server = await listening
  expect(lifecycle.phase).toBe('ready')
  expect(await read(server)).toBe('served')
  await lifecycle.shutdown()
  expect(server.listening).toBe(false)
})

test("an attached server's own listen starts the lifecycle and is put off until ready", async () => {
  create()
  const server = lifecycle.attach(serve())
  const heard: string[] = []
  expect(server.listen(0, () => heard.push('callback'))).toBe(server)
  expect([lifecycle.phase, server.listening]).toEqual(['warming', false])

  const listening = once(server, 'listening')
  warm()
  await listening
  expect({ phase: lifecycle.phase, heard }).toEqual({ phase: 'ready', heard: ['callback'] })
  expect(await read(server)).toBe('served')
  expect(Object.hasOwn(server, 'listen')).toBe(true)
  await lifecycle.shutdown()
  expect(Object.hasOwn(server, 'listen')).toBe(false)
})

test('once ready a server opens as it always does, and its errors are its own', async () => {
  create()
  warm()
  await lifecycle.start()
  await lifecycle.whenReady()
  const server = await lifecycle.listen(serve(), 0)
  expect(await read(server)).toBe('served')
  await expect(lifecycle.listen(serve(), portOf(server))).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('a port that turns out to be taken is told when it would have opened', async () => {
  const other = serve().listen(0)
  await once(other, 'listening')
  create()
  const listening = lifecycle.listen(serve(), portOf(other))
  warm()
  await expect(listening).rejects.toMatchObject({ code: 'EADDRINUSE' })
  other.close()
})

test('a port that there cannot be is told by the error event, too', async () => {
  create()
  const listening = lifecycle.listen(serve(), 70_000)
  warm()
  await expect(listening).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
})

test('a shutdown before ready makes the waiting listen fail, when everything is closed', async () => {
  create()
  const listening = lifecycle.listen(serve(), 0)
  listening.catch(() => {})
  const stopped = lifecycle.shutdown({ reason: 'a test' })
  await expect(listening).rejects.toMatchObject({
    name: 'LifecycleError',
    code: 'TIDEGATE_WARM_UP',
    message: expect.stringMatching(/the port was never opened: .*a test/) as string,
  })
  expect(lifecycle.phase).toBe('stopped')
  expect(await stopped).toMatchObject({ exitCode: 0 })
})

test("a waiting server tells of it by 'error', or by the log when nobody listens", async () => {
  create()
  const heard = lifecycle.attach(serve())
  const unheard = lifecycle.attach(serve())
  const error = once(heard, 'error')
  heard.listen(0)
  unheard.listen(0)
  await lifecycle.shutdown()
  expect(await error).toMatchObject([{ code: 'TIDEGATE_WARM_UP' }])
  await vi.waitUntil(() => lines.some(({ level }) => level === 'warn'), { timeout: 30_000, interval: 5 })
  expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { message: expect.stringContaining('never opened') as string },
  ])
})

test('a server that is closed while it waits is not opened', async () => {
  create()
  const listening = lifecycle.listen(serve(), 0)
  const server = lifecycle.attach(serve())
  server.listen(0)
  server.close()
  await once(server, 'close')
  warm()
  await listening
  await lifecycle.whenReady()
  expect(server.listening).toBe(false)
})

test('a second call of listen while the first one waits is refused, as with Node', () => {
  create()
  const server = lifecycle.attach(serve())
  server.listen(0)
  expect(() => server.listen(0)).toThrow(expect.objectContaining({ code: 'TIDEGATE_PHASE' }))
})

test('a server that listens already is refused for instead, which is said once', async () => {
  create()
  const [one, two] = [serve().listen(0), serve().listen(0)]
  await Promise.all([once(one, 'listening'), once(two, 'listening')])
  lifecycle.attach(one)
  lifecycle.attach(two)
  expect((await fetch(`http://127.0.0.1:${portOf(one)}/`)).status).toBe(503)
  expect(lines.filter(({ message }) => message.includes('cannot be kept closed'))).toHaveLength(1)
  warm()
  await lifecycle.whenReady()
  expect(await read(two)).toBe('served')
})

test('what comes by no server is refused', async () => {
  create()
  await lifecycle.start()
  expect(lifecycle.probe({ url: '/' })).toMatchObject({ status: 503 })
})

test('is the default in a cluster worker, and only there', async () => {
  create()
  const { default: cluster } = await import('node:cluster')
  expect(resolveOptions({}).warmUp.whileWarming).toBe('reject')
  vi.spyOn(cluster, 'isWorker', 'get').mockReturnValue(true)
  expect(resolveOptions({}).warmUp.whileWarming).toBe('closed')
  expect(resolveOptions({ warmUp: { whileWarming: 'serve' } }).warmUp.whileWarming).toBe('serve')
  vi.restoreAllMocks()
})
