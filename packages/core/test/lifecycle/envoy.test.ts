import { once } from 'node:events'
import type { Server, ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { Http2Server, Http2ServerResponse } from 'node:http2'

import { expect, onTestFinished, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle } from '../../src/index.ts'
import { connectRaw, portOf } from '../support/raw-client.ts'

const HEADER = 'x-envoy-immediate-health-check-fail'

/** Every way there is to write a head; what it names twice has to arrive twice. */
const WAYS: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ['nothing', () => {}],
  ['setHeader', (response) => response.setHeader('set-cookie', ['a=1', 'b=2'])],
  ['an object', (response) => response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] })],
  ['a reason and an object', (response) => response.writeHead(200, 'Fine', { 'set-cookie': ['a=1', 'b=2'] })],
  ['a flat list', (response) => response.writeHead(200, ['set-cookie', 'a=1', 'set-cookie', 'b=2'])],
]

function lifecycleWith(envoy: boolean): Lifecycle {
  const lifecycle = createLifecycle({ probes: { envoy }, shutdown: { signals: false, linger: false }, logger: false })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  return lifecycle
}

async function leaveSlowly(lifecycle: Lifecycle): Promise<void> {
  const begun = new Promise<void>((resolve) => lifecycle.on('drain', () => resolve()))
  void lifecycle.shutdown({ lameDuck: '1s' })
  await begun
}

test.each(WAYS)('every answer of the drain has the header, written by %s', async (way, write) => {
  const lifecycle = lifecycleWith(true)
  const server = await lifecycle.listen(
    (_request, response) => {
      write(response)
      response.end('shop')
    },
    0,
    '127.0.0.1',
  )
  await lifecycle.whenReady()
  const client = await connectRaw(server)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.hear('shop')
  expect(client.received).not.toContain(HEADER)

  await leaveSlowly(lifecycle)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.hear('shop', 2)

  expect(client.received.split(`${HEADER}: true\r\n`)).toHaveLength(2)
  expect(client.received.match(/set-cookie: a=1/g)?.length).toBe(client.received.match(/set-cookie: b=2/g)?.length)
  if (way !== 'nothing') expect(client.received.match(/set-cookie: a=1/g)).toHaveLength(2)
})

test('an answer that was begun before the signal has it, unless its head is out', async () => {
  const lifecycle = lifecycleWith(true)
  const responses: ServerResponse[] = []
  const server: Server = await lifecycle.listen((_, response) => responses.push(response), 0, '127.0.0.1')
  await lifecycle.whenReady()
  const [early, late] = await Promise.all([connectRaw(server), connectRaw(server)])
  const requested = once(server, 'request')
  early.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await requested
  responses[0]?.write('first')
  await early.hear('first')
  const again = once(server, 'request')
  late.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await again

  await leaveSlowly(lifecycle)
  for (const response of responses) response.end('shop')
  await Promise.all([early.hear('shop'), late.hear('shop')])

  expect(early.received).not.toContain(HEADER)
  expect(late.received).toContain(`${HEADER}: true\r\n`)
})

test.each(['stream', 'request'] as const)('an HTTP/2 server has it on what its "%s" listener answers', async (kind) => {
  const lifecycle = lifecycleWith(true)
  const server = createHttp2Server()
  if (kind === 'stream') server.on('stream', (stream) => (stream.respond({ ':status': 200 }), stream.end('shop')))
  else server.on('request', (_, response: Http2ServerResponse) => void response.end('shop'))
  await lifecycle.listen<Http2Server>(server, 0, '127.0.0.1')
  await lifecycle.whenReady()
  const session = connect(`http://127.0.0.1:${portOf(server)}`)
  onTestFinished(() => session.destroy())
  const ask = async (path: string): Promise<unknown> => {
    const [headers] = (await once(session.request({ ':path': path }).resume(), 'response')) as [Record<string, unknown>]
    return headers[HEADER]
  }

  expect(await ask('/')).toBeUndefined()
  await leaveSlowly(lifecycle)
  expect(await ask('/')).toBe('true')
  expect(await ask('/livez')).toBe('true')
})

test('whoever has not asked for it gets none', async () => {
  const lifecycle = lifecycleWith(false)
  const server = await lifecycle.listen((_, response) => response.end('shop'), 0, '127.0.0.1')
  await lifecycle.whenReady()
  const client = await connectRaw(server)
  await leaveSlowly(lifecycle)
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.hear('shop')
  expect(client.received).not.toContain(HEADER)
})
