import { once } from 'node:events'

import websocket from '@fastify/websocket'
import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { tidegate } from '@tidegate/fastify'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { drainWebSockets } from '../src/index.ts'
import { dial, portOf } from './support/client.ts'
import type { Client } from './support/client.ts'

let app: FastifyInstance
let lifecycle: Lifecycle

beforeEach(async () => {
  lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false })
  app = fastify()
  onTestFinished(() => app.close())
  await app.register(tidegate, { lifecycle })
  await app.register(websocket)
  app.get('/', { websocket: true }, () => {})
})

async function connect(): Promise<Client> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const client = dial(portOf(app.server))
  await once(client.socket, 'open')
  return client
}

describe('the Fastify adapter, which tells clients of @fastify/websocket to go,', () => {
  test('leaves that to drainWebSockets where it was called for them', async () => {
    drainWebSockets(lifecycle, app.websocketServer, { code: 1012, reason: 'bye' })
    const first = await connect()
    // Its close frame is one that goes out later.
    const second = await connect()

    await app.close()

    expect([await first.closed, await second.closed]).toEqual(['1012 bye', '1012 bye'])
  })

  test('does it itself where drainWebSockets was taken back', async () => {
    drainWebSockets(lifecycle, app.websocketServer, { code: 1012, reason: 'bye' })()
    const { closed } = await connect()

    await app.close()

    expect(await closed).toBe('1001 ')
  })
})
