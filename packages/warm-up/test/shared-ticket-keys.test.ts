import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'

import { CERTIFICATE } from '@tidegate/certificate'
import { createLifecycle } from '@tidegate/core'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'

import { sharedTicketKeys } from '../src/index.ts'

const key = 'a secret of thirty-two bytes and more'
const HOUR = 3_600_000

const keysOf = (server: Server): string => server.getTicketKeys().toString('hex')

function createPair(options: { rotate?: '1h' | false } = {}): readonly [Server, Server] {
  const [one, other] = [createServer(CERTIFICATE), createServer(CERTIFICATE)]
  for (const server of [one, other]) onTestFinished(sharedTicketKeys(server, { key, ...options }))
  return [one, other]
}

describe('the keys', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 * HOUR }))
  afterEach(() => void vi.useRealTimers())

  test('are the same on every instance, and others with another secret', () => {
    const [one, other] = createPair()
    expect(keysOf(one)).toHaveLength(96)
    expect(keysOf(other)).toBe(keysOf(one))

    const stranger = createServer(CERTIFICATE)
    onTestFinished(sharedTicketKeys(stranger, { key: Buffer.alloc(32, 1) }))
    expect(keysOf(stranger)).not.toBe(keysOf(one))
  })

  test('are changed at the same moment on every instance, whenever it was started', () => {
    const [one] = createPair({ rotate: '1h' })
    const first = keysOf(one)
    vi.advanceTimersByTime(HOUR / 2)
    const [late] = createPair({ rotate: '1h' })
    expect(keysOf(late)).toBe(first)

    vi.advanceTimersByTime(HOUR / 2 - 1)
    expect([keysOf(one), keysOf(late)]).toEqual([first, first])
    vi.advanceTimersByTime(1)
    expect(keysOf(one)).not.toBe(first)
    expect(keysOf(late)).toBe(keysOf(one))
  })

  test('stay for good when they are to', () => {
    const [one] = createPair({ rotate: false })
    const first = keysOf(one)
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(1_000 * HOUR)
    expect(keysOf(one)).toBe(first)
  })

  test('are set again when the certificate is renewed', () => {
    const [one] = createPair()
    const first = keysOf(one)
    one.setSecureContext(CERTIFICATE)
    expect(keysOf(one)).toBe(first)
  })

  test('are changed no more when it is stopped', () => {
    const server = createServer(CERTIFICATE)
    const { setSecureContext } = server
    const stop = sharedTicketKeys(server, { key })
    stop()
    expect(vi.getTimerCount()).toBe(0)
    expect(server.setSecureContext).toBe(setSecureContext)
    expect(server.listenerCount('close')).toBe(0)
  })

  test('can be changed less often than a timer is long', () => {
    const server = createServer(CERTIFICATE)
    onTestFinished(sharedTicketKeys(server, { key, rotate: '10000h' }))
    const first = keysOf(server)
    vi.advanceTimersByTime(8_999 * HOUR)
    expect(keysOf(server)).toBe(first)
    vi.advanceTimersByTime(HOUR)
    expect(keysOf(server)).not.toBe(first)
  })
})

test('a client resumes with one server the session that it had with another', async () => {
  let session: Buffer | undefined
  for (const server of createPair()) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...(session && { session }) })
    const ticket = once(socket, 'session')
    await once(socket, 'secureConnect')
    expect(socket.isSessionReused()).toBe(session !== undefined)
    if (session === undefined) [session] = (await ticket) as [Buffer]
    socket.destroy()
    server.close()
  }
})

test('it ends with the server, also when a lifecycle closes that', async () => {
  const server = createServer(CERTIFICATE)
  const { setSecureContext } = server
  sharedTicketKeys(server, { key })
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
  await lifecycle.listen(server, 0)
  expect(server.setSecureContext).not.toBe(setSecureContext)
  const closed = once(server, 'close')
  await lifecycle.shutdown()
  await closed
  expect(server.setSecureContext).toBe(setSecureContext)
})

describe('arguments that cannot work are refused', () => {
  test.each([
    [
      'a server without TLS',
      () => sharedTicketKeys(createHttpServer() as never, { key }),
      /the server is missing, or speaks no TLS/,
    ],
    [
      'no key',
      () => sharedTicketKeys(createServer(CERTIFICATE), {} as never),
      /options\.key must be a secret of at least 32 bytes/,
    ],
    [
      'a short key',
      () => sharedTicketKeys(createServer(CERTIFICATE), { key: 'hunter2' }),
      /options\.key must be a secret of at least 32 bytes/,
    ],
    [
      'a short rotation',
      () => sharedTicketKeys(createServer(CERTIFICATE), { key, rotate: '1s' }),
      /options\.rotate is "1s", and must be/,
    ],
  ])('%s', (_what, call, message) => {
    expect(call).toThrow(expect.objectContaining({ code: 'TIDEGATE_CONFIG', message: expect.stringMatching(message) }))
    expect(call).not.toThrow(/hunter2/)
  })
})
