import type { AddressInfo } from 'node:net'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import express from 'express'
import express4 from 'express4'
import { describe, expect, onTestFinished, test } from 'vitest'

import { requires } from '../src/index.ts'

/** A lifecycle that is ready, and whose redis is failing. */
async function withoutRedis(): Promise<Lifecycle<'redis'>> {
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'redis', critical: false, check: () => ({ status: 'fail' }) }],
    shutdown: { linger: false, signals: false },
    logger: false,
  })
  onTestFinished(async () => void (await lifecycle.shutdown()))
  return lifecycle
}

function affectedEndpoints(lifecycle: Lifecycle<'redis'>): readonly string[] | undefined {
  return lifecycle.report().dependencies.redis.affectedEndpoints
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('the report, by %s,', (_, create) => {
  async function asker(
    lifecycle: Lifecycle<'redis'>,
    app: ReturnType<typeof create>,
  ): Promise<(method: string, path: string) => Promise<number>> {
    const server = await lifecycle.listen(app, 0, '127.0.0.1')
    await lifecycle.whenReady()
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return async (method, path) => (await fetch(origin + path, { method })).status
  }

  test('names the route that a guard stands before from its first request on, by its pattern', async () => {
    const lifecycle = await withoutRedis()
    const guard = requires(lifecycle, 'redis')
    const app = create()
    app.get('/products/:id', guard, (_request, response) => void response.send('a product'))
    app.route('/basket').get(guard).post(guard)
    const ask = await asker(lifecycle, app)
    expect(affectedEndpoints(lifecycle)).toBeUndefined()

    expect(await ask('GET', '/products/17')).toBe(503)
    expect(await ask('GET', '/products/18?secret=1')).toBe(503)
    expect(affectedEndpoints(lifecycle)).toEqual(['GET /products/:id'])
    await ask('HEAD', '/basket')
    await ask('POST', '/basket')
    await ask('GET', '/basket')
    expect(affectedEndpoints(lifecycle)).toEqual(['GET /products/:id', 'GET /basket', 'POST /basket'])
  })

  test('shows nothing that a request asked for: where a router is mounted is a `*`', async () => {
    const lifecycle = await withoutRedis()
    const open = create.Router()
    open.get('/stock', requires(lifecycle, 'redis'))
    const merging = create.Router({ mergeParams: true })
    merging.get('/orders/:order', requires(lifecycle, 'redis'))
    const app = create()
    app.use('/shops/:shop', open)
    app.use('/tenants/:tenant', merging)
    const ask = await asker(lifecycle, app)

    for (const word of ['forged', 'shops', 'tenants', '4711']) {
      expect(await ask('GET', `/shops/${word}/stock`)).toBe(503)
      expect(await ask('GET', `/tenants/${word}/orders/17`)).toBe(503)
    }
    expect(affectedEndpoints(lifecycle)).toEqual(['GET */stock', 'GET */orders/:order'])
  })

  test('knows a route by its own pattern alone, and again where its router is mounted', async () => {
    const lifecycle = await withoutRedis()
    const router = create.Router()
    router.get('/cart', requires(lifecycle, 'redis'))
    const app = create()
    app.use(router)
    app.use('/v1', router)
    const ask = await asker(lifecycle, app)

    expect(await ask('GET', '/cart')).toBe(503)
    expect(await ask('GET', '/v1/cart')).toBe(503)
    expect(affectedEndpoints(lifecycle)).toEqual(['GET /cart', 'GET */cart'])
  })

  test('knows each of the patterns of one route', async () => {
    const lifecycle = await withoutRedis()
    const app = create()
    app.get(['/basket', '/cart/:id'], requires(lifecycle, 'redis'))
    const ask = await asker(lifecycle, app)

    expect(await ask('GET', '/basket')).toBe(503)
    expect(affectedEndpoints(lifecycle)).toEqual(['GET /basket', 'GET /cart/:id'])
  })

  test('says nothing of a guard that stands before no route', async () => {
    const lifecycle = await withoutRedis()
    const app = create()
    app.use('/recommend', requires(lifecycle, 'redis'))
    const ask = await asker(lifecycle, app)

    expect(await ask('GET', '/recommend/17')).toBe(503)
    expect(affectedEndpoints(lifecycle)).toBeUndefined()
  })
})
