import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test } from 'vitest'

import { createDeferred } from '../../src/deferred.ts'
import { createLifecycle } from '../../src/index.ts'
import type { Gate, Lifecycle, LifecycleOptions, RequestHandler } from '../../src/index.ts'
import { portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const REFUSE: Gate = () => ({ status: 503, headers: {}, body: 'full' })
const ALIVE: RequestHandler = (_request, response) => response.end('alive')

async function serve(options: LifecycleOptions = {}): Promise<{ lifecycle: Lifecycle; server: Server; url: string }> {
  const lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false, ...options })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const server = await lifecycle.listen((_request, response) => response.end('served'), 0, '127.0.0.1')
  return { lifecycle, server, url: `http://127.0.0.1:${portOf(server)}` }
}

async function bodyOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}

test('a probe of your own is answered ahead of the application, until it is removed', async () => {
  const { lifecycle, url } = await serve()
  const remove = lifecycle.addProbe((target) => (target === '/alive?really' ? ALIVE : undefined))

  expect(await bodyOf(`${url}/alive?really`)).toBe('alive')
  expect(await bodyOf(`${url}/alive`)).toBe('served')

  remove()
  expect(await bodyOf(`${url}/alive?really`)).toBe('served')
})

test('no gate is asked for it, and it is answered while the service warms up', async () => {
  const warmedUp = createDeferred()
  const { lifecycle, url } = await serve({ dependencies: [{ name: 'slow', warmUp: () => warmedUp.promise }] })
  lifecycle.addProbe((target) => (target === '/alive' ? ALIVE : undefined))
  lifecycle.addGate(REFUSE)

  expect((await fetch(url)).status).toBe(503)
  expect(await bodyOf(`${url}/alive`)).toBe('alive')

  warmedUp.resolve()
  await lifecycle.whenReady()
  expect(await bodyOf(url)).toBe('full')
  expect(await bodyOf(`${url}/alive`)).toBe('alive')
})

test('it answers when it likes, and the drain waits for it', async () => {
  const { lifecycle, url } = await serve()
  const asked = createDeferred()
  const answer = createDeferred()
  lifecycle.addProbe((target) => {
    if (target !== '/alive') return undefined
    return async (_request, response) => {
      asked.resolve()
      await answer.promise
      response.end('late')
    }
  })

  const body = bodyOf(`${url}/alive`)
  await asked.promise
  const stopped = lifecycle.shutdown()
  answer.resolve()
  expect(await body).toBe('late')
  expect((await stopped).requests).toMatchObject({ cut: 0, lost: 0 })
})

test('one that fails leaves the request to the application, and is told of once', async () => {
  const { logger, lines } = createRecordingLogger()
  const { lifecycle, url } = await serve({ logger })
  lifecycle.addProbe(() => {
    throw new Error('no map')
  })
  lifecycle.addProbe(() => 'alive' as never)

  expect(await bodyOf(url)).toBe('served')
  expect(await bodyOf(url)).toBe('served')
  const complaints = lines.filter(({ message }) => message.includes('a probe was not found'))
  expect(complaints.map(({ fields }) => fields)).toMatchObject([
    { error: 'no map' },
    { error: expect.stringContaining('neither a function') },
  ])
})

test('it is no request of those that the drain counts', async () => {
  const { lifecycle, url } = await serve()
  lifecycle.addProbe((target) => (target === '/alive' ? ALIVE : undefined))
  const stopped = lifecycle.shutdown({ lameDuck: '500ms' })
  expect(await bodyOf(`${url}/alive`)).toBe('alive')
  expect(await bodyOf(url)).toBe('served')
  expect((await stopped).requests.finished).toBe(1)
})

test('an adapter whose server nobody has attached answers it, too', async () => {
  const lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  lifecycle.addProbe((target) => (target === '/alive' ? ALIVE : undefined))
  lifecycle.addGate(REFUSE)
  await lifecycle.start()
  const server = createServer((request, response) => void lifecycle.handle(request, response)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${portOf(server)}`
  expect([await bodyOf(`${url}/alive`), await bodyOf(url)]).toEqual(['alive', 'full'])
})

test('it is answered over HTTP/2, too, ahead of gates', async () => {
  const lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  lifecycle.addProbe((target) => (target === '/alive' ? ALIVE : undefined))
  lifecycle.addGate(REFUSE)
  const server = await lifecycle.listen(
    createHttp2Server((_request, response) => response.end('served')),
    0,
    '127.0.0.1',
  )
  const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`)
  onTestFinished(() => session.destroy())

  expect(await text(session.request({ ':path': '/alive' }))).toBe('alive')
  expect(await text(session.request({ ':path': '/' }))).toBe('full')
})

test('addProbe() needs a function', () => {
  const lifecycle = createLifecycle({ logger: false })
  expect(() => lifecycle.addProbe('/alive' as never)).toThrow('addProbe(find) needs a function')
})
