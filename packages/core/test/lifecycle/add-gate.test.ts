import { ServerResponse } from 'node:http'
import type { Server } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { createServer as createHttp2Server } from 'node:http2'
import { text } from 'node:stream/consumers'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Gate, GateRequest, HttpAnswer, Lifecycle, LifecycleOptions } from '../../src/index.ts'
import { connectRaw, get, portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

const FULL: HttpAnswer = { status: 503, headers: { 'retry-after': '7', 'content-length': '4' }, body: 'full' }

async function serve(options: LifecycleOptions = {}): Promise<{ lifecycle: Lifecycle; server: Server; url: string }> {
  const lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false, ...options })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  const server = await lifecycle.listen((_request, response) => response.end('served'), 0, '127.0.0.1')
  return { lifecycle, server, url: `http://127.0.0.1:${portOf(server)}` }
}

async function bodyOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}

test('a gate refuses requests of the application, never a probe, until it is removed', async () => {
  const { lifecycle, url } = await serve()
  await lifecycle.whenReady()
  const remove = lifecycle.addGate(() => FULL)

  const refused = await fetch(`${url}/orders`)
  expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([503, '7', 'full'])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(lifecycle.probe({ url: '/orders' })).toBe(FULL)

  remove()
  remove()
  expect(await bodyOf(url)).toBe('served')
  expect(lifecycle.probe({ url: '/orders' })).toBeUndefined()
})

test('it is asked once for each request, with what will answer it, and the first that refuses decides', async () => {
  const { lifecycle, url } = await serve()
  await lifecycle.whenReady()
  const asked: GateRequest[] = []
  lifecycle.addGate((request) => {
    asked.push(request)
    return request.method === 'DELETE' ? FULL : undefined
  })
  const second: string[] = []
  lifecycle.addGate(({ method }) => {
    second.push(method)
    return undefined
  })

  await bodyOf(`${url}/a?b=c`)
  await (await fetch(url, { method: 'DELETE' })).text()

  expect(asked).toMatchObject([
    { method: 'GET', url: '/a?b=c', headers: { host: new URL(url).host } },
    { method: 'DELETE', url: '/' },
  ])
  expect(asked[0]?.response).toBeInstanceOf(ServerResponse)
  expect(second).toEqual(['GET'])
})

test('it is not asked while the warm-up refuses', async () => {
  let warm = (): void => {}
  const warmUp = (): Promise<void> => new Promise((resolve) => (warm = resolve))
  const { lifecycle, url } = await serve({ dependencies: [{ name: 'cache', warmUp }] })
  let asked = 0
  lifecycle.addGate(() => {
    asked++
    return undefined
  })

  expect(await bodyOf(url)).toContain('warming')
  expect(asked).toBe(0)
  warm()
  await lifecycle.whenReady()
  expect(await bodyOf(url)).toBe('served')
  expect(asked).toBe(1)
})

test('it judges streams of HTTP/2, and upgrades', async () => {
  const { lifecycle, server } = await serve()
  const http2 = createHttp2Server((_request, response) => response.end('served'))
  await lifecycle.listen(http2, 0, '127.0.0.1')
  await lifecycle.whenReady()
  const asked: GateRequest[] = []
  lifecycle.addGate((request) => {
    asked.push(request)
    return FULL
  })

  const session = connectHttp2(`http://127.0.0.1:${(http2.address() as { port: number }).port}`)
  onTestFinished(() => session.close())
  expect(await text(session.request({ ':path': '/stream', 'x-tenant': 'a' }))).toBe('full')
  server.on('upgrade', (_request, socket) => socket.end('upgraded'))
  const client = await connectRaw(server)
  client.send(get('/socket', 'Connection: upgrade', 'Upgrade: chat'))
  expect(await client.closed).toBe('end')

  expect(client.received).toMatch(/^HTTP\/1.1 503 .*retry-after: 7.*full$/s)
  expect(asked).toMatchObject([
    { method: 'GET', url: '/stream', headers: { 'x-tenant': 'a' }, response: { id: 1 } },
    { url: '/socket', headers: { upgrade: 'chat' } },
  ])
  expect(asked[1]).not.toHaveProperty('response')
})

test('what it refuses during the drain is counted as rejected, and not as finished', async () => {
  const { lifecycle, url } = await serve({ shutdown: { signals: false, linger: false, gracePeriod: '10s' } })
  await lifecycle.whenReady()
  lifecycle.addGate(() => FULL)
  let over = (): void => {}
  lifecycle.addHook('drain', () => new Promise((resolve) => (over = resolve)))
  const stopped = lifecycle.shutdown({ lameDuck: '2s' })

  expect(await bodyOf(url)).toBe('full')
  over()

  expect((await stopped).requests).toMatchObject({ rejected: 1, finished: 0, cut: 0 })
})

test.each<[string, Gate, string]>([
  [
    'throws',
    () => {
      throw new Error('broken at redis://user:sesame@host')
    },
    'broken at',
  ],
  ['gives a promise', (async () => FULL) as unknown as Gate, 'without a promise'],
  ['gives a status that HTTP does not have', () => ({ ...FULL, status: 99 }), 'from 200 to 599'],
  ['gives a broken header name', () => ({ ...FULL, headers: { 'x y': '1' } }), 'x y'],
  ['gives a broken header', () => ({ ...FULL, headers: { 'x-y': 'a\nb' } }), 'x-y'],
  ['gives a body that is no text', () => ({ ...FULL, body: 7 }) as unknown as HttpAnswer, 'give a string'],
])('a gate that %s lets the request pass, and is told of once', async (_what, gate, why) => {
  const { logger, lines } = createRecordingLogger()
  const { lifecycle, url } = await serve({ logger })
  await lifecycle.whenReady()
  lifecycle.addGate(gate)

  expect([await bodyOf(url), await bodyOf(url)]).toEqual(['served', 'served'])

  const complaints = lines.filter(({ level }) => level === 'error')
  expect(complaints).toMatchObject([{ message: 'a gate failed; the request passes' }])
  expect(String(complaints[0]?.fields['error'])).toContain(why)
  expect(String(complaints[0]?.fields['error'])).not.toContain('sesame')
})

test('what is no function is refused', () => {
  const lifecycle = createLifecycle({ logger: false })
  expect(() => lifecycle.addGate('503' as unknown as Gate)).toThrow(
    expect.objectContaining({ code: 'TIDEGATE_CONFIG' }),
  )
})
