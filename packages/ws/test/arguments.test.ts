import { createServer } from 'node:http'

import { createLifecycle, LifecycleError } from '@tidegate/core'
import { Server } from 'socket.io'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { drainSocketIO, drainWebSockets } from '../src/index.ts'
import type { DrainSocketIOOptions, DrainWebSocketsOptions, SocketIOServerLike } from '../src/index.ts'

const lifecycle = createLifecycle({ logger: false })
const server = new WebSocketServer({ noServer: true })

function faultOf(run: () => unknown): LifecycleError {
  try {
    run()
  } catch (error) {
    return error as LifecycleError
  }
  throw new Error('nothing was thrown')
}

describe('drainWebSockets(lifecycle, server, options)', () => {
  test.each([1000, 1001, 1008, 1012, 1014, 3000, 4999])('takes the code %s', (code) => {
    expect(drainWebSockets(lifecycle, server, { code })).toBeTypeOf('function')
  })

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1001.5, '1001', Number.NaN])('refuses the code %s', (code) => {
    const fault = faultOf(() => drainWebSockets(lifecycle, server, { code: code as number }))

    expect(fault.code).toBe('TIDEGATE_CONFIG')
    expect(fault.message).toContain('options.code is ')
    expect(fault.message).toContain('1000 to 1014 without 1004, 1005 and 1006, or 3000 to 4999')
  })

  test('counts the reason in bytes', () => {
    expect(drainWebSockets(lifecycle, server, { reason: 'a'.repeat(123) })).toBeTypeOf('function')
    const fault = faultOf(() => drainWebSockets(lifecycle, server, { reason: 'ä'.repeat(62) }))
    expect(fault.message).toContain('must be a text of at most 123 bytes')
  })

  test('refuses every fault of the options in one error, and leaves them alone', () => {
    const options = Object.freeze({ code: 1005, reason: 5, stagger: '5 s', delay: 1 })
    const fault = faultOf(() => drainWebSockets(lifecycle, server, options as unknown as DrainWebSocketsOptions))

    expect(fault).toBeInstanceOf(LifecycleError)
    expect(fault.code).toBe('TIDEGATE_CONFIG')
    for (const part of [
      'drainWebSockets(lifecycle, server, options) cannot work:',
      'options.code is 1005',
      'options.reason is 5',
      'options.stagger is "5 s", and must be milliseconds, a duration as \'5s\', or false to tell all at once',
      'options.delay is not an option; there are code, reason, stagger',
    ]) {
      expect(fault.message).toContain(part)
    }
  })

  test.each([
    ['nothing', undefined, 'the server is missing'],
    ['an HTTP server', createServer(), 'not a WebSocketServer'],
    ['a Socket.IO server', new Server(createServer()), 'drainSocketIO(lifecycle, io)'],
    ['the ws server below Socket.IO', Reflect.get(new Server(createServer()).engine, 'ws'), 'has drainSocketIO'],
    [
      'a server that does not know its clients',
      new WebSocketServer({ noServer: true, clientTracking: false }),
      'leave clientTracking: false out',
    ],
  ])('refuses %s, and says what to do', (_what, wrong, message) => {
    const fault = faultOf(() => drainWebSockets(lifecycle, wrong))

    expect(fault.code).toBe('TIDEGATE_CONFIG')
    expect(fault.message).toContain(message)
  })

  describe('a port that ws has opened itself', () => {
    let own: WebSocketServer
    beforeEach(() => void (own = new WebSocketServer({ port: 0 })))
    afterEach(() => new Promise((resolve) => own.close(resolve)))

    test('is refused, since the lifecycle cannot close it', () => {
      const fault = faultOf(() => drainWebSockets(lifecycle, own))

      expect(fault.code).toBe('TIDEGATE_CONFIG')
      expect(fault.message).toContain('new WebSocketServer({ server })')
    })
  })
})

describe('drainSocketIO(lifecycle, io, options)', () => {
  test.each([
    ['nothing', undefined],
    ['an HTTP server', createServer()],
    ['its engine', new Server(createServer()).engine],
  ])('refuses %s, and every fault of the options in the same error', (_what, wrong) => {
    const options = { stagger: -1, code: 1001 } as DrainSocketIOOptions
    const fault = faultOf(() => drainSocketIO(lifecycle, wrong as unknown as SocketIOServerLike, options))

    expect(fault.code).toBe('TIDEGATE_CONFIG')
    for (const part of [
      'io is no server of Socket.IO',
      'options.stagger is -1',
      'options.code is not an option; there are stagger',
    ]) {
      expect(fault.message).toContain(part)
    }
  })

  test('takes a server that is attached only later', () => {
    expect(drainSocketIO(lifecycle, new Server())).toBeTypeOf('function')
  })
})
