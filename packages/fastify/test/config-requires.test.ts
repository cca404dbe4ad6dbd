import { inspect } from 'node:util'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import { fastify } from 'fastify'
import type { FastifyReply } from 'fastify'
import { fastify as oldest } from 'fastify-oldest'
import { describe, expect, onTestFinished, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'

const REDIS = { config: { requires: ['redis'] } }
const MISSPELT = { config: { requires: ['rediss'] } }

/** A lifecycle that is ready, and whose redis is failing. */
async function withoutRedis(): Promise<Lifecycle> {
  let broken = false
  const lifecycle = createLifecycle({
    dependencies: [
      {
        name: 'redis',
        critical: false,
        check() {
          if (broken) throw new Error('refused')
        },
        health: { interval: 20, retryInterval: 10, fall: 1 },
      },
    ],
    shutdown: { linger: false, signals: false },
    logger: false,
  })
  const failed = new Promise<void>((resolve) => {
    lifecycle.on('health', ({ status }) => {
      if (status === 'fail') resolve()
    })
  })
  await lifecycle.start()
  await lifecycle.whenReady()
  broken = true
  await failed
  return lifecycle
}

for (const [version, create] of [
  ['Fastify 5', fastify],
  ['the oldest Fastify 5', oldest],
] as const) {
  describe(`config.requires guards, by ${version},`, () => {
    test('routes that follow a register() nobody awaits, ahead of their own hooks', async () => {
      const app = create()
      onTestFinished(() => app.close())
      let asked = 0
      const preParsing = async (): Promise<void> => void asked++
      void app.register(tidegate, { lifecycle: await withoutRedis() })
      app.get('/recommend', { ...REDIS, preParsing }, async () => 'recommended')
      app.get('/order', async () => 'ordered')
      void app.register(async (child) => {
        child.get('/child', { ...REDIS, preParsing }, async () => 'recommended')
      })

      const refused = await app.inject('/recommend')
      expect(refused).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } })
      expect(refused.json()).toMatchObject({ dependencies: ['redis'] })
      expect(await app.inject('/child')).toMatchObject({ statusCode: 503 })
      expect(asked).toBe(0)
      expect(await app.inject('/order')).toMatchObject({ statusCode: 200, payload: 'ordered' })
      expect(await app.inject('/nothing')).toMatchObject({ statusCode: 404 })
    })

    test('and names the routes in the report: those to come at once, those there were at their first request', async () => {
      const app = create()
      onTestFinished(() => app.close())
      const lifecycle = await withoutRedis()
      const hook = requires(lifecycle, 'redis')
      void app.register(async (sibling) => {
        sibling.get('/before/:id', REDIS, async () => 'recommended')
      })
      await app.register(tidegate, { lifecycle })
      app.get('/after/:id', REDIS, async () => 'recommended')
      app.route({ method: ['POST', 'PUT'], url: '/after', ...REDIS, handler: async () => 'recommended' })
      await app.register(
        async (child) => {
          child.get('/hooked', { preHandler: [hook] }, async () => 'recommended')
          child.get('/free', async () => 'recommended')
        },
        { prefix: '/child' },
      )
      await app.ready()
      const affected = () => lifecycle.report().dependencies['redis']?.affectedEndpoints

      const told = ['GET /after/:id', 'POST /after', 'PUT /after', 'GET /child/hooked']
      expect(affected()).toEqual(told)
      await app.inject('/before/17')
      await app.inject('/before/18')
      expect(affected()).toEqual([...told, 'GET /before/:id'])
    })

    test('routes of every context, when the plugin is registered in one of them', async () => {
      const app = create()
      onTestFinished(() => app.close())
      const lifecycle = await withoutRedis()
      void app.register(async (sibling) => {
        sibling.get('/before', REDIS, async () => 'recommended')
      })
      void app.register(async (child) => {
        await child.register(tidegate, { lifecycle })
        child.get('/own', REDIS, async () => 'recommended')
      })
      void app.register(async (sibling) => {
        sibling.get('/after', REDIS, async () => 'recommended')
      })
      app.get('/root', REDIS, async () => 'recommended')

      for (const path of ['/before', '/own', '/after', '/root']) {
        expect([path, (await app.inject(path)).statusCode]).toEqual([path, 503])
      }
    })

    test('routes of a context around that of the plugin, which come when it is loaded', async () => {
      const app = create()
      onTestFinished(() => app.close())
      const lifecycle = await withoutRedis()
      await app.register(async (outer) => {
        await outer.register(async (inner) => {
          await inner.register(tidegate, { lifecycle })
        })
        outer.get('/outer', REDIS, async () => 'recommended')
      })

      expect(await app.inject('/outer')).toMatchObject({ statusCode: 503 })
    })

    for (const isAwaited of [true, false]) {
      const when = isAwaited ? 'awaited' : 'that nobody awaits'
      test(`behind every onRequest hook and ahead of the body, after a register() ${when}`, async () => {
        const app = create()
        onTestFinished(() => app.close())
        const registered = app.register(tidegate, { lifecycle: await withoutRedis() })
        if (isAwaited) await registered
        app.addHook('onRequest', async (_request, reply) => {
          reply.header('access-control-allow-origin', 'https://shop.example')
        })
        const onRequest = async (_request: unknown, reply: FastifyReply): Promise<void> => {
          reply.header('x-own', 'hook')
        }
        app.post('/recommend', { ...REDIS, onRequest }, async () => 'recommended')

        const headers = { 'content-type': 'application/json' }
        const refused = await app.inject({ method: 'POST', url: '/recommend', headers, payload: 'no JSON' })

        expect(refused).toMatchObject({
          statusCode: 503,
          headers: { 'access-control-allow-origin': 'https://shop.example', 'x-own': 'hook', 'retry-after': '1' },
        })
      })
    }

    test('nothing where a route requires nothing', async () => {
      const app = create()
      onTestFinished(() => app.close())
      const lifecycle = await withoutRedis()
      void app.register(tidegate, { lifecycle })
      app.get('/first', { config: { requires: false } }, async () => 'ordered')
      for (const none of [false, null, undefined] as const) {
        const url = `/${String(none)}`
        void app.register(async (child) => child.get(url, { config: { requires: none } }, async () => 'ordered'))
      }

      for (const url of ['/first', '/false', '/null', '/undefined']) {
        expect(await app.inject(url)).toMatchObject({ statusCode: 200 })
      }
    })
  })
}

describe('a name that no dependency has', () => {
  const unknown = { code: 'TIDEGATE_UNKNOWN_DEPENDENCY' }

  test('fails ready() from a plugin that is loaded after ours', async () => {
    const app = fastify()
    onTestFinished(() => app.close())
    void app.register(tidegate, { lifecycle: await withoutRedis() })
    void app.register(async (child) => {
      child.get('/recommend', MISSPELT, async () => 'recommended')
    })
    await expect(Promise.resolve(app.ready())).rejects.toMatchObject(unknown)
  })

  test('is an error to every request, and is never served, where the route was there before ours was loaded', async () => {
    const lines: string[] = []
    const app = fastify({ logger: { stream: { write: (line) => void lines.push(line) } } })
    onTestFinished(() => app.close())
    void app.register(tidegate, { lifecycle: await withoutRedis() })
    app.get('/recommend', MISSPELT, async () => 'recommended')

    for (let time = 0; time < 2; time++) {
      const answer = await app.inject('/recommend')
      expect(answer.statusCode).toBe(500)
      expect(answer.json()).toMatchObject({ ...unknown, message: expect.stringContaining('"redis"?') as string })
    }
    expect(lines.join('')).toContain('TIDEGATE_UNKNOWN_DEPENDENCY')
  })
})

test('an app whose routes come after the plugin is asked nothing by a request to a route that requires nothing', async () => {
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(tidegate, { lifecycle: await withoutRedis() })
  app.get('/order', async () => 'ordered')
  app.get('/recommend', REDIS, async () => 'recommended')
  let read = 0
  app.addHook('onRequest', async (request) => {
    Object.defineProperty(request, 'routeOptions', { get: () => read++ })
  })

  expect(await app.inject('/order')).toMatchObject({ statusCode: 200 })
  expect(await app.inject('/recommend')).toMatchObject({ statusCode: 503 })
  expect(read).toBe(0)
})

describe('what cannot work is told', () => {
  for (const options of [undefined, {}, { lifecycle: null }, { lifecycle: {} }]) {
    test(`register(tidegate, ${JSON.stringify(options)})`, async () => {
      const app = fastify()
      onTestFinished(() => app.close())
      // @ts-expect-error -- a lifecycle is required
      await expect(Promise.resolve(app.register(tidegate, options))).rejects.toMatchObject({
        name: 'LifecycleError',
        code: 'TIDEGATE_CONFIG',
        message: expect.stringContaining('app.register(tidegate, { lifecycle })') as string,
      })
    })
  }

  for (const given of ['redis', '', 0, true, {}, [], [1], ['redis', null]]) {
    test(`config.requires: ${JSON.stringify(given)}`, async () => {
      const app = fastify()
      onTestFinished(() => app.close())
      await app.register(tidegate, { lifecycle: await withoutRedis() })
      const config = { requires: given as string[] }
      expect(() => app.get('/recommend', { config }, async () => 'recommended')).toThrow(
        expect.objectContaining({
          code: 'TIDEGATE_CONFIG',
          message: `config.requires takes a list of names, such as requires: ['redis'], or false where nothing is required; it was given ${inspect(given)}`,
        }) as Error,
      )
    })
  }
})
