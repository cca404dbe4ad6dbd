import { createServer } from 'node:http'
import type { Server } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { tidegate as tidegateExpress } from '@tidegate/express'
import { tidegate as tidegateFastify } from '@tidegate/fastify'
import { tidegate as tidegateKoa } from '@tidegate/koa'
import express from 'express'
import { fastify } from 'fastify'
import Koa from 'koa'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'

import { drainWebSockets } from '../src/index.ts'
import { connectClients, portOf } from './support/client.ts'

interface Service {
  readonly server: Server
  listen(): Promise<unknown>
}

function serveByNode(lifecycle: Lifecycle): Service {
  const server = createServer((_request, response) => response.end('served'))
  return { server, listen: () => lifecycle.listen(server, 0) }
}

function serveByExpress(lifecycle: Lifecycle): Service {
  const app = express()
  app.use(tidegateExpress(lifecycle))
  app.get('/', (_request, response) => void response.send('served'))
  const server = createServer(app)
  return { server, listen: () => lifecycle.listen(server, 0) }
}

function serveByKoa(lifecycle: Lifecycle): Service {
  const app = new Koa()
  app.use(tidegateKoa(lifecycle)).use((context) => void (context.body = 'served'))
  const serve = app.callback()
  const server = createServer((request, response) => void serve(request, response))
  return { server, listen: () => lifecycle.listen(server, 0) }
}

async function serveByFastify(lifecycle: Lifecycle): Promise<Service> {
  const app = fastify()
  await app.register(tidegateFastify, { lifecycle })
  app.get('/', async () => 'served')
  return { server: app.server, listen: () => app.listen({ port: 0, host: '127.0.0.1' }) }
}

test.each([
  ['node:http', serveByNode],
  ['Express', serveByExpress],
  ['Koa', serveByKoa],
  ['Fastify', serveByFastify],
])('WebSockets on a server of %s serve until the drain, and are closed in it', async (_framework, serve) => {
  const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false }, logger: false })
  const { server, listen } = await serve(lifecycle)
  const sockets = new WebSocketServer({ server })
  drainWebSockets(lifecycle, sockets, { stagger: '100ms' })
  sockets.on('connection', (client) => client.on('message', (data: Buffer) => client.send(`echo ${data.toString()}`)))
  await listen()
  const port = portOf(server)

  const clients = await connectClients(3, port)
  for (const { socket } of clients) socket.send('hello')
  await expect.poll(() => clients.map(({ messages }) => messages)).toEqual(clients.map(() => ['echo hello']))
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('served')
  const record = await lifecycle.shutdown()

  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(
    clients.map(() => '1001 the server is shutting down'),
  )
  expect(record).toMatchObject({ longLived: { open: 3, ended: 0, cut: 0 }, requests: { cut: 0 }, exitCode: 0 })
  expect(record.steps[0]).toMatchObject({ step: 'leave', name: 'drain WebSockets', outcome: 'done' })
})
