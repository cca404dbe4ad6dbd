import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import fastifySwagger from '@fastify/swagger'
import { createLifecycle } from '@tidegate/core'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'
import { createShop } from './shop.ts'

describe('probes', () => {
  test('are answered ahead of every hook, route and request log of Fastify', async () => {
    const lines: string[] = []
    const shop = await createShop({ logger: { stream: { write: (line) => void lines.push(line) } } })
    shop.app.addHook('onRequest', async (_request, reply) => reply.code(401).send('who are you?'))
    await shop.open()

    expect(await shop.ask('/healthz')).toMatchObject({ status: 200 })
    expect(await shop.ask('/readyz?from=kubelet')).toMatchObject({ status: 200 })
    expect(await shop.ask('/')).toMatchObject({ status: 401 })
    const urls = lines.map((line) => (JSON.parse(line) as { req?: { url: string } }).req?.url)
    expect(urls.filter((url) => url !== undefined)).toEqual(['/'])
  })

  test('are answered where another server hands its requests to `routing`', async () => {
    const { app, lifecycle } = await createShop()
    await app.ready()
    await lifecycle.start()
    await lifecycle.whenReady()
    const outer = createServer((request, response) => app.routing(request, response)).listen(0, '127.0.0.1')
    onTestFinished(() => void outer.close())
    await once(outer, 'listening')

    const origin = `http://127.0.0.1:${(outer.address() as AddressInfo).port}`
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
    expect(await (await fetch(origin)).text()).toBe('served')
  })

  test('are no routes, so that no OpenAPI shows them', async () => {
    const { app } = await createShop()
    await app.ready()
    expect(app.printRoutes({ commonPrefix: false })).not.toMatch(/livez|readyz|startupz|healthz/)
  })

  test('are unknown to @fastify/swagger, which knows every route', async () => {
    const lifecycle = createLifecycle({ dependencies: [{ name: 'redis', check() {} }], logger: false })
    const app = fastify()
    // First, so that it would see whatever route our plugin had.
    await app.register(fastifySwagger, { openapi: {} })
    await app.register(tidegate, { lifecycle })
    app.get('/recommend', { config: { requires: ['redis'] } }, async () => 'recommended')
    onTestFinished(() => app.close())
    await app.ready()

    expect(Object.keys(app.swagger().paths ?? {})).toEqual(['/recommend'])
  })

  test('are answered to inject(), which starts nothing', async () => {
    const { app, lifecycle } = await createShop()
    expect(await app.inject('/readyz')).toMatchObject({ statusCode: 503 })
    expect(lifecycle.phase).toBe('idle')

    await lifecycle.start()
    await lifecycle.whenReady()
    expect(await app.inject('/readyz')).toMatchObject({ statusCode: 200 })
    expect(await app.inject({ method: 'HEAD', url: '/healthz' })).toMatchObject({ statusCode: 200, payload: '' })
    expect(await app.inject('/')).toMatchObject({ statusCode: 200, payload: 'served' })
    expect(await app.inject('/nothing')).toMatchObject({ statusCode: 404 })
  })

  test('are answered to inject() behind a plugin that refuses everything, when ours comes first', async () => {
    const { app, lifecycle } = await createShop()
    app.addHook('onRequest', async (_request, reply) => reply.code(401).send('who are you?'))
    await lifecycle.start()
    await lifecycle.whenReady()
    expect(await app.inject('/livez')).toMatchObject({ statusCode: 200 })
    expect(await app.inject('/')).toMatchObject({ statusCode: 401 })
  })
})

test('inject() on a closed app says that it is closed', async () => {
  const { app } = await createShop()
  await app.ready()
  await app.close()
  await expect(app.inject('/')).rejects.toMatchObject({ code: 'FST_ERR_REOPENED_CLOSE_SERVER' })
})

test('the gate refuses inject() while warming', async () => {
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'cache', warmUp: () => new Promise(() => {}) }],
    logger: false,
  })
  const app = fastify()
  await app.register(tidegate, { lifecycle })
  let asked = 0
  app.get('/', async () => ++asked)
  onTestFinished(() => app.close())
  await lifecycle.start()

  const refused = await app.inject('/')
  expect(refused).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
  expect(refused.json()).toMatchObject({ reason: 'warming' })
  expect(asked).toBe(0)
})

describe('requires', () => {
  test('as a route option answers 503 on that route while its dependency fails', async () => {
    const shop = await createShop()
    shop.app.get('/recommend', { config: { requires: ['redis'] } }, async () => 'recommended')
    shop.app.get('/order', { config: { requires: ['db'] } }, async () => 'ordered')
    await shop.open()
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200, body: 'recommended' })

    await shop.breakRedis()
    const refused = await shop.ask('/recommend')
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect(JSON.parse(refused.body)).toMatchObject({ dependencies: ['redis'] })
    expect(await shop.app.inject({ method: 'HEAD', url: '/recommend' })).toMatchObject({ statusCode: 503 })
    expect(await shop.ask('/order')).toMatchObject({ status: 200 })
    expect(await shop.ask('/healthz')).toMatchObject({ status: 200 })
  })

  test('as a route option spares the route its own hooks, and is found in plugins and under prefixes', async () => {
    const shop = await createShop()
    let asked = 0
    await shop.app.register(
      async (child) => {
        child.get(
          '/',
          {
            config: { requires: ['redis'] },
            preParsing: async () => {
              asked++
            },
          },
          async () => 'recommended',
        )
      },
      { prefix: '/recommend' },
    )
    await shop.open()
    expect(await shop.ask('/recommend')).toMatchObject({ status: 200 })
    expect(asked).toBe(1)

    await shop.breakRedis()
    expect(await shop.ask('/recommend')).toMatchObject({ status: 503 })
    expect(await shop.ask('/recommend/')).toMatchObject({ status: 503 })
    expect(asked).toBe(1)
  })

  test('as a hook does the same wherever hooks go', async () => {
    const shop = await createShop()
    const hook = requires(shop.lifecycle, 'db', 'redis')
    const routes = ['/on-request', '/pre-parsing', '/pre-handler', '/in-plugin']
    shop.app.get('/on-request', { onRequest: hook }, async () => 'recommended')
    shop.app.get('/pre-parsing', { preParsing: hook }, async () => 'recommended')
    shop.app.get('/pre-handler', { preHandler: [hook] }, async () => 'recommended')
    await shop.app.register(async (child) => {
      child.addHook('preHandler', hook)
      child.get('/in-plugin', async () => 'recommended')
    })
    await shop.open()
    for (const route of routes) expect(await shop.ask(route)).toMatchObject({ status: 200, body: 'recommended' })

    await shop.breakRedis()
    for (const route of routes) expect(await shop.ask(route)).toMatchObject({ status: 503 })
    expect(await shop.ask('/')).toMatchObject({ status: 200 })
  })

  test('as a hook fits servers of HTTP/2 and HTTPS', async () => {
    const { lifecycle } = await createShop()
    const http2 = fastify({ http2: true })
    const https = fastify({ https: {} })
    onTestFinished(async () => void (await Promise.all([http2.close(), https.close()])))
    const hook = requires(lifecycle, 'redis')
    http2.get('/', { onRequest: hook, preHandler: [hook] }, async () => 'served')
    https.get('/', { onRequest: hook, preHandler: [hook] }, async () => 'served')
    http2.addHook('preHandler', hook)
    expect(await http2.inject('/')).toMatchObject({ statusCode: 200 })
    expect(await https.inject('/')).toMatchObject({ statusCode: 200 })
  })

  test('refuses a name that no dependency has, when the route is registered', async () => {
    const { app, lifecycle } = await createShop()
    const unknown = expect.objectContaining({
      code: 'TIDEGATE_UNKNOWN_DEPENDENCY',
      message: expect.stringContaining('did you mean "redis"?') as string,
    }) as Error
    expect(() => app.get('/recommend', { config: { requires: ['rediss'] } }, async () => '')).toThrow(unknown)
    // @ts-expect-error -- the names of dependencies are known to the compiler
    expect(() => requires(lifecycle, 'rediss')).toThrow(unknown)
  })
})

describe('the plugin', () => {
  test('applies to the whole app, and gives it the lifecycle', async () => {
    const { app, lifecycle } = await createShop()
    let seen: FastifyInstance['lifecycle'] | undefined
    await app.register(async (child) => {
      seen = child.lifecycle
    })
    expect(app.hasPlugin('@tidegate/fastify')).toBe(true)
    expect(app.lifecycle).toBe(lifecycle)
    expect(seen).toBe(lifecycle)
  })

  test('can be registered once', async () => {
    const { app, lifecycle } = await createShop()
    await expect(app.register(tidegate, { lifecycle })).rejects.toMatchObject({ code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  })

  test('inside a context of its own still drains the whole app', async () => {
    const lifecycle = createLifecycle({ shutdown: { linger: false, signals: false }, logger: false })
    const app = fastify()
    await app.register(async (child) => {
      await child.register(tidegate, { lifecycle })
    })
    onTestFinished(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    await lifecycle.whenReady()

    const { steps } = await lifecycle.shutdown()

    expect(app.server.listening).toBe(false)
    expect(steps).toMatchObject([{ name: 'close Fastify', outcome: 'done' }])
  })

  test("leaves Fastify's keepAliveTimeout of 72 s alone", async () => {
    const { app } = await createShop()
    expect(app.server.keepAliveTimeout).toBe(72_000)
  })

  test("lets the lifecycle write to Fastify's log", async () => {
    const lines: string[] = []
    const app = fastify({ logger: { stream: { write: (line) => void lines.push(line) } } })
    const lifecycle = createLifecycle({ logger: app.log })
    await app.register(tidegate, { lifecycle })
    await app.close()
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain('stopped')
  })
})
