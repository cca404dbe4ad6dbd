import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

import { expect, it, onTestFinished } from 'vitest'

import type { TerminusOptions } from '../src/index.ts'
import { readSettings } from '../src/settings.ts'
import { createDeferred } from './support/deferred.ts'
import { OURS, THEIRS } from './support/implementations.ts'
import type { Implementation } from './support/implementations.ts'
import { connectRaw, requestFor } from './support/raw-client.ts'
import { HARMLESS, listenTo, serve, untilEnd } from './support/serve.ts'

/** A shutdown to its end, in this process. */
function ending(options: TerminusOptions = {}): { options: TerminusOptions; stopped: Promise<void> } {
  return { options: { signal: HARMLESS, ...options }, stopped: untilEnd() }
}

/** Longer than it takes to end what is idle, and well within what it is given to ask once more. */
const A_WHILE_MS = 300

async function listenerClosed(server: { readonly listening: boolean }): Promise<void> {
  while (server.listening) await new Promise((resolve) => setImmediate(resolve))
}

it('answers say that their connection ends', async () => {
  const answer = async (implementation: Implementation) => {
    const asked = createDeferred()
    const goOn = createDeferred()
    const { options, stopped } = ending({ timeout: 20_000 })
    const listener: RequestListener = (_request, response) => {
      asked.resolve()
      void goOn.promise.then(() => response.end('slow'))
    }
    const { server, port, signal } = await serve({ implementation, options, listener })
    const client = await connectRaw(port)
    client.socket.write(requestFor('/'))
    await asked.promise
    signal()
    await listenerClosed(server)
    goOn.resolve()
    const received = await client.ended
    await stopped
    return received.toLowerCase()
  }
  expect(await answer(THEIRS)).toContain('connection: keep-alive')
  const ours = await answer(OURS)
  expect(ours).toContain('connection: close')
  expect(ours).toContain('slow')
})

it('an idle connection may ask once more', async () => {
  const lateAnswers = async (implementation: Implementation) => {
    const { options, stopped } = ending({ timeout: 4_000 })
    const { server, port, signal } = await serve({ implementation, options })
    const client = await connectRaw(port)
    client.socket.write(requestFor('/'))
    await client.hear('app')
    signal()
    await listenerClosed(server)
    await pause(A_WHILE_MS)
    client.socket.write(requestFor('/'))
    const received = await client.ended
    await stopped
    return received.split('HTTP/1.1 200 OK').length - 1
  }
  expect(await lateAnswers(THEIRS)).toBe(1)
  expect(await lateAnswers(OURS)).toBe(2)
})

it('HTTP/2 requests in flight are answered', async () => {
  const answer = async (implementation: Implementation) => {
    const asked = createDeferred()
    const goOn = createDeferred()
    const { options, stopped } = ending({ timeout: 20_000 })
    const server = createHttp2Server((_request, response) => {
      asked.resolve()
      void goOn.promise.then(() => response.end('slow'))
    })
    const { port, signal } = await listenTo(server, implementation, options)
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    onTestFinished(() => session.destroy())
    session.on('error', () => {})
    const slow = text(session.request({ ':path': '/' })).catch(() => 'reset')
    await asked.promise
    signal()
    await listenerClosed(server)
    if (implementation === THEIRS) await once(session, 'close')
    goOn.resolve()
    const received = await slow
    await stopped
    return received
  }
  expect(await answer(THEIRS)).not.toBe('slow')
  expect(await answer(OURS)).toBe('slow')
})

it.each([
  [undefined, 700, 6_000],
  [2_000, 1_500, 5_000],
])('cuts what is in flight at a timeout of %s, not before and not much later', async (timeout, least, most) => {
  const asked = createDeferred()
  const { options, stopped } = ending(timeout === undefined ? {} : { timeout })
  const { port, signal } = await serve({ options, listener: () => asked.resolve() })
  const client = await connectRaw(port)
  client.socket.write(requestFor('/'))
  await asked.promise
  const start = performance.now()
  signal()
  await client.ended
  const tookMs = performance.now() - start
  await stopped
  expect(tookMs).toBeGreaterThan(least)
  expect(tookMs).toBeLessThan(most)
})

/** What a WebSocket's server has sent, once asked for after the listener has closed. */
async function lastWords(implementation: Implementation, timeout: number, afterMs = A_WHILE_MS): Promise<string> {
  const { options, stopped } = ending({ timeout })
  const server = createServer()
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  const { port, signal } = await listenTo(server, implementation, options)
  const client = await connectRaw(port)
  client.socket.write(requestFor('/', 'Upgrade: echo', 'Connection: Upgrade'))
  await client.hear('101')
  signal()
  await listenerClosed(server)
  await pause(afterMs)
  client.socket.write('last words')
  const received = await client.ended
  await stopped
  return received
}

it('WebSockets are open until timeout, for 5 s at most', async () => {
  expect(await lastWords(THEIRS, 3_000)).not.toContain('last words')
  expect(await lastWords(OURS, 3_000, 1_500)).toContain('last words')
})

it('event streams and WebSockets end after 5 s, however long timeout is', async () => {
  const { options, stopped } = ending({ timeout: 60_000 })
  const listener: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    response.write('data: open\n\n')
  }
  const { port, signal } = await serve({ options, listener })
  const stream = await connectRaw(port)
  stream.socket.write(requestFor('/'))
  await stream.hear('open')
  const start = performance.now()
  signal()
  const received = await stream.ended
  await stopped
  const words = await lastWords(OURS, Infinity)
  const tookMs = performance.now() - start
  expect(tookMs).toBeGreaterThan(9_000)
  expect(tookMs).toBeLessThan(25_000)
  expect(words).toContain('last words')
  // Ended, not cut.
  expect(received).toMatch(/\r\n0\r\n\r\n$/)
})

it('a timeout that no timer can hold is for ever', () => {
  expect(readSettings({ timeout: Number.MAX_SAFE_INTEGER }).timeout).toBe(Infinity)
  expect(readSettings({ timeout: Number.NaN }).timeout).toBe(Infinity)
  expect(readSettings({ timeout: '500' as never }).timeout).toBe(500)
})
