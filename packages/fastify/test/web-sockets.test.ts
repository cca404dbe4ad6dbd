import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import websocket from '@fastify/websocket'
import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'

import { tidegate } from '../src/index.ts'

let app: FastifyInstance
let lifecycle: Lifecycle

beforeEach(async () => {
  lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false })
  app = fastify()
  onTestFinished(() => app.close())
  await app.register(tidegate, { lifecycle })
  await app.register(websocket)
  app.get('/echo', { websocket: true }, (socket) => {
    socket.on('message', (text: Buffer) => socket.send(text.toString()))
  })
})

/** A client that has been answered; resolves to the code of the close frame that it will get. */
async function connect(): Promise<{ readonly closed: Promise<unknown> }> {
  if (!app.server.listening) {
    await app.listen({ port: 0, host: '127.0.0.1' })
    await lifecycle.whenReady()
  }
  const client = new WebSocket(`ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/echo`)
  await once(client, 'open')
  client.send('hello')
  await once(client, 'message')
  return { closed: once(client, 'close').then(([code]) => code as unknown) }
}

/** Long before the limit of what is long-lived, at which they would be ended. */
async function expectClosed({ longLived, steps }: Awaited<ReturnType<Lifecycle['shutdown']>>): Promise<void> {
  expect(longLived).toEqual({ open: 2, ended: 0, cut: 0 })
  expect(steps.filter(({ outcome }) => outcome !== 'done')).toEqual([])
}

describe('WebSockets of @fastify/websocket', () => {
  test('are told to go by app.close(), which does not wait for their limit', async () => {
    const clients = [await connect(), await connect()]

    await app.close()

    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1001, 1001])
    await expectClosed(await lifecycle.shutdown())
  })

  test('are told to go by a shutdown, when the listener has closed', async () => {
    const clients = [await connect(), await connect()]

    const record = await lifecycle.shutdown()

    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1001, 1001])
    await expectClosed(record)
  })

  test('are told to go when they come after the listener has closed', async () => {
    const { closed } = await connect()
    const late = new Promise<unknown>((resolve, reject) => {
      lifecycle.addHook('leave', async () => {
        // By then everybody who was here has been told.
        await new Promise((settle) => {
          setImmediate(settle)
        })
        const client = await app.injectWS('/echo').catch(reject)
        client?.once('close', resolve)
      })
    })

    await app.close()

    expect([await closed, await late]).toEqual([1001, 1001])
  })

  test('can be injected, and are told to go', async () => {
    await lifecycle.start()
    await app.ready()
    const client = await app.injectWS('/echo')
    client.send('hello')
    await once(client, 'message')
    const closed = once(client, 'close')

    await app.close()

    expect((await closed)[0]).toBe(1001)
  })
})
