import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'

import { CERTIFICATE } from '@tidegate/certificate'
import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { tidegate as tidegateForExpress } from '@tidegate/express'
import { tidegate as tidegateForFastify } from '@tidegate/fastify'
import { tidegate as tidegateForKoa } from '@tidegate/koa'
import express from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { expect, onTestFinished, test } from 'vitest'

import { isSelfRequest, selfRequests } from '../src/index.ts'

type See = (request: IncomingMessage) => void
/** Serves an app that shows each request, and gives its port. */
type Serve = (lifecycle: Lifecycle, see: See) => Promise<number>

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

const ADAPTERS: Readonly<Record<string, Serve>> = {
  async Express(lifecycle, see) {
    const app = express()
    app.use(tidegateForExpress(lifecycle))
    app.get('/products', (request, response) => {
      see(request)
      response.json([])
    })
    return portOf(await lifecycle.listen(app, 0, '127.0.0.1'))
  },
  async Koa(lifecycle, see) {
    const app = new Koa()
    app.use(tidegateForKoa(lifecycle))
    app.use((context) => {
      see(context.req)
      context.body = []
    })
    return portOf(await lifecycle.listen(app.callback(), 0, '127.0.0.1'))
  },
  async 'Koa over HTTP/2'(lifecycle, see) {
    const app = new Koa()
    app.use(tidegateForKoa(lifecycle))
    app.use((context) => {
      see(context.req)
      context.body = []
    })
    const server = createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, app.callback() as never)
    return portOf(await lifecycle.listen(server, 0, '127.0.0.1'))
  },
  async Fastify(lifecycle, see) {
    const app = fastify()
    await app.register(tidegateForFastify, { lifecycle })
    app.get('/products', (request, reply) => {
      see(request.raw)
      void reply.send([])
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return portOf(app.server)
  },
  async 'Fastify over HTTPS'(lifecycle, see) {
    const app = fastify({ https: CERTIFICATE })
    await app.register(tidegateForFastify, { lifecycle })
    app.get('/products', (request, reply) => {
      see(request.raw)
      void reply.send([])
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return 0
  },
  async 'Fastify over HTTP/2'(lifecycle, see) {
    const app = fastify({ http2: true })
    await app.register(tidegateForFastify as never, { lifecycle } as never)
    app.get('/products', (request, reply) => {
      see(request.raw as never)
      void reply.send([])
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return 0
  },
}

test.each(Object.entries(ADAPTERS))(
  '%s serves requests to itself while it refuses all others',
  async (_name, serve) => {
    let seen = 0
    const refused: number[] = []
    let port = 0
    const lifecycle: Lifecycle = createLifecycle<string>({
      dependencies: [
        selfRequests({ requests: ['/products'], critical: true }),
        {
          name: 'last',
          dependsOn: ['self-requests'],
          async warmUp() {
            if (port === 0) return
            const answer = await fetch(`http://127.0.0.1:${port}/products`).catch(() => undefined)
            if (answer !== undefined) refused.push(answer.status)
          },
        },
      ],
      shutdown: { signals: false, linger: false },
      logger: false,
    })
    onTestFinished(async () => void (await lifecycle.shutdown()))
    port = await serve(lifecycle, (request) => {
      if (isSelfRequest(request)) seen++
    })
    await lifecycle.whenReady()

    expect(seen).toBe(lifecycle.report().dependencies['self-requests']?.data?.['requests'])
    expect(refused.every((status) => status === 503)).toBe(true)
  },
)

/** As its README and its page write it. */
const POST = { path: '/quotes', headers: { 'content-type': 'application/json' }, body: '{"product":1}' }

test.each(['../README.md', '../../../docs/warm-up.md'])(
  '%s asks with what the adapters need to read a body',
  async (file) => {
    const text = await readFile(new URL(file, import.meta.url), 'utf8')
    const written = text.split('\n').filter((line) => line.includes(' body: '))
    expect(written.map((line) => line.trim())).toEqual([
      `{ path: '/quotes', headers: { 'content-type': 'application/json' }, body: '{"product":1}' },`,
    ])
  },
)

test.each(['Express', 'Fastify'])('%s reads the body of a request to itself', async (kind) => {
  const bodies = new Set<string>()
  const lifecycle: Lifecycle = createLifecycle<string>({
    dependencies: [selfRequests({ requests: [POST], critical: true })],
    shutdown: { signals: false, linger: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  if (kind === 'Express') {
    const app = express().use(express.json())
    app.post('/quotes', (request, response) => {
      bodies.add(JSON.stringify(request.body))
      response.end()
    })
    await lifecycle.listen(app, 0, '127.0.0.1')
  } else {
    const app = fastify()
    await app.register(tidegateForFastify, { lifecycle })
    app.post('/quotes', async ({ body }) => void bodies.add(JSON.stringify(body)))
    await app.listen({ port: 0, host: '127.0.0.1' })
  }
  await lifecycle.whenReady()
  expect([...bodies]).toEqual(['{"product":1}'])
})
