import type { ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import type { Connection } from '../../src/drain/connection.ts'
import { endSpread } from '../../src/drain/end-connection.ts'
import { Traffic } from '../../src/drain/traffic.ts'

interface FakeSocket {
  readonly socket: Socket
  readonly written: string[]
}

function fakeSocket(properties: object): FakeSocket {
  const written: string[] = []
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString())
      done()
    },
  })
  const ends = { remoteAddress: '::1', remotePort: 50_000, localAddress: '::1', localPort: 443 }
  return { socket: Object.assign(stream, ends, properties) as unknown as Socket, written }
}

/** A connection whose TLS handshake ends between the beginning of the spread and its own turn. */
function secureMeanwhile(): { traffic: Traffic; inner: FakeSocket; outer: FakeSocket } {
  const traffic = new Traffic()
  const inner = fakeSocket({ bytesRead: 517 })
  const outer = fakeSocket({ bytesRead: 0, encrypted: true })
  traffic.openHandshaking(inner.socket)
  endSpread([...traffic.connections])
  traffic.openSecure(outer.socket)
  return { traffic, inner, outer }
}

test('a connection whose handshake ends before its turn is left to the answer that it is asked for', async () => {
  const { traffic, inner, outer } = secureMeanwhile()
  const response = new Duplex() as unknown as ServerResponse
  traffic.begin(traffic.of(outer.socket) as Connection, response)

  await setImmediate()

  expect(inner.written).toEqual([])
  expect([inner, outer].map(({ socket }) => socket.writableEnded || socket.destroyed)).toEqual([false, false])
})

test('one that is asked for nothing is ended from its secure side', async () => {
  const { inner, outer } = secureMeanwhile()

  await setImmediate()

  expect([inner.written, outer.written]).toEqual([[], []])
  expect([inner, outer].map(({ socket }) => socket.writableEnded || socket.destroyed)).toEqual([false, true])
})

test('one that turns out to speak HTTP/2 is ended by its session', async () => {
  const { traffic, inner, outer } = secureMeanwhile()
  const close = vi.fn()
  traffic.speaksHttp2(traffic.of(outer.socket) as Connection, { close } as unknown as ServerHttp2Session)

  await setImmediate()

  expect(close).toHaveBeenCalledOnce()
  expect([inner, outer].map(({ socket }) => socket.writableEnded || socket.destroyed)).toEqual([false, false])
})
