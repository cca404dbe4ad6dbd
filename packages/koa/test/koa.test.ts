import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'

import { Router } from '@koa/router'
import { createLifecycle } from '@tidegate/core'
import type { DrainRecord, Lifecycle } from '@tidegate/core'
import Koa from 'koa'
import type { Middleware } from 'koa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'

let lifecycle: Lifecycle<'redis'>
let app: Koa
let server: Server
let redisWorks: boolean

beforeEach(() => {
  redisWorks = true
  lifecycle = createLifecycle({
    dependencies: [
      {
        name: 'redis',
        critical: false,
        check() {
          if (!redisWorks) throw new Error('refused')
        },
        health: { interval: 20, retryInterval: 10, fall: 1, rise: 1, staleAfter: '10s' },
      },
    ],
    shutdown: { linger: false },
    logger: false,
  })
  app = new Koa()
  server = createServer()
})

afterEach(async () => {
  await lifecycle.shutdown()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
})

async function listen(): Promise<void> {
  const serve = app.callback()
  server = await lifecycle.listen((request, response) => void serve(request, response), 0)
  await lifecycle.whenReady()
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://localhost:${(server.address() as AddressInfo).port}${path}`, init)
}

/** Resolves when the check of redis has seen this. */
function turned(status: string): Promise<void> {
  return new Promise((resolve) => {
    const end = lifecycle.on('health', (event) => {
      if (event.status !== status) return
      end()
      resolve()
    })
  })
}

describe('tidegate', () => {
  test('answers probes and leaves everything else to the app, on a server that the lifecycle opened', async () => {
    app.use(tidegate(lifecycle)).use((context) => {
      if (context.path === '/') context.body = 'served'
    })
    await listen()

    expect((await ask('/healthz')).status).toBe(200)
    expect(await (await ask('/')).text()).toBe('served')
    expect((await ask('/nothing')).status).toBe(404)
  })

  test('answers the probes of an app that is mounted under a path, on a server that the lifecycle opened', async () => {
    app.use((context, next) => {
      context.path = context.path.replace(/^\/api\//, '/')
      return next()
    })
    app.use(tidegate(lifecycle)).use((context) => {
      if (context.path === '/') context.body = 'served'
    })
    await listen()

    expect((await ask('/api/healthz')).status).toBe(200)
    expect(await (await ask('/api/')).text()).toBe('served')
    expect((await ask('/api/nothing')).status).toBe(404)
  })

  test('answers probes itself where nobody attached the server, and Koa adds nothing', async () => {
    const answeredHere: string[] = []
    app.use(async (context, next) => {
      await next()
      if (context.respond === false) answeredHere.push(context.path)
      else context.body = `${String(context.body)} twice`
    })
    app.use(tidegate(lifecycle)).use((context) => {
      context.body = 'served'
    })
    server = app.listen(0)

    const idle = await ask('/readyz')
    expect(idle.status).toBe(503)
    expect(await idle.json()).toMatchObject({ status: 'fail' })
    expect(await (await ask('/')).text()).toBe('served twice')

    await lifecycle.start()
    await lifecycle.whenReady()
    expect((await ask('/healthz')).status).toBe(200)
    // The lifecycle has found the server by now, and is ahead of Koa.
    expect((await ask('/readyz')).status).toBe(200)
    expect(answeredHere).toEqual(['/readyz', '/healthz'])
  })
})

describe('requires', () => {
  test('answers 503 through Koa while its dependency fails, and recovers', async () => {
    const seen: number[] = []
    app.use(async (context, next) => {
      await next()
      seen.push(context.status)
    })
    app.use(requires(lifecycle, 'redis')).use((context) => {
      context.body = 'recommended'
    })
    await listen()
    expect(await (await ask('/')).text()).toBe('recommended')

    const failing = turned('fail')
    redisWorks = false
    await failing
    const refused = await ask('/')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await refused.json()).toMatchObject({ dependencies: ['redis'] })
    expect((await ask('/', { method: 'HEAD' })).status).toBe(503)

    const passing = turned('pass')
    redisWorks = true
    await passing
    expect((await ask('/')).status).toBe(200)
    expect(seen).toEqual([200, 503, 503, 200])
  })

  test('names the routes it stands before in the report, by their patterns, from their first request on', async () => {
    redisWorks = false
    const guard = requires(lifecycle, 'redis')
    const router = new Router({ prefix: '/shop' })
    router.get('/products/:id', guard, () => {})
    router.post('/basket', guard, () => {})
    const guarded = new Router({ prefix: '/guarded' }).use(guard).get('/:id', () => {})
    const alsoGuarded = new Router().use(guard).get('/also-guarded/:id', () => {})
    app.use(router.routes()).use(guarded.routes()).use(alsoGuarded.routes()).use(guard)
    await listen()
    const affected = () => lifecycle.report().dependencies.redis.affectedEndpoints

    for (const path of ['/elsewhere', '/guarded/17', '/also-guarded/17']) expect((await ask(path)).status).toBe(503)
    expect(affected()).toBeUndefined()
    expect((await ask('/shop/products/17')).status).toBe(503)
    await ask('/shop/products/18', { method: 'HEAD' })
    await ask('/shop/basket', { method: 'POST' })
    expect(affected()).toEqual(['GET /shop/products/:id', 'POST /shop/basket'])
  })

  test('refuses a name that no dependency has, when it is called', () => {
    // @ts-expect-error -- the names of dependencies are known to the compiler
    expect(() => requires(lifecycle, 'rediss')).toThrow(
      expect.objectContaining({ code: 'TIDEGATE_UNKNOWN_DEPENDENCY' }),
    )
  })
})

describe('a request whose middleware has returned is in flight until its last byte', () => {
  /** Shuts down once Koa has nothing more to do for the request, and calls `finish` when the listener has closed. */
  async function drain(middleware: Middleware, finish: () => void): Promise<{ text: string; record: DrainRecord }> {
    let returned = (): void => {}
    const done = new Promise<void>((resolve) => {
      returned = resolve
    })
    app.use(tidegate(lifecycle))
    app.use(async (_context, next) => {
      await next()
      returned()
    })
    app.use(middleware)
    await listen()
    const answer = ask('/').then((response) => response.text())
    await done

    const listenerClosed = new Promise<void>((resolve) => {
      lifecycle.on('drain', ({ step }) => {
        if (step === 'listener-closed') resolve()
      })
    })
    const stopped = lifecycle.shutdown()
    await listenerClosed
    finish()
    return { text: await answer, record: await stopped }
  }

  test('with a stream for its body', async () => {
    const body = new PassThrough()
    const { text, record } = await drain(
      (context) => {
        context.body = body
        body.write('first, ')
      },
      () => body.end('last'),
    )

    expect(text).toBe('first, last')
    expect(record.requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
  })

  test('with ctx.respond = false', async () => {
    let finish = (): void => {}
    const { text, record } = await drain(
      (context) => {
        context.respond = false
        context.res.statusCode = 200
        finish = () => context.res.end('answered without Koa')
      },
      () => finish(),
    )

    expect(text).toBe('answered without Koa')
    expect(record.requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
  })

  test('with a stream that fails: the drain ends, and the answer is not counted as finished', async () => {
    app.silent = true
    const body = new PassThrough()
    body.write('first, ')
    const drained = drain(
      (context) => {
        context.body = body
      },
      () => body.destroy(new Error('the source is gone')),
    )

    await expect(drained).rejects.toThrow('terminated')
    const record = await lifecycle.shutdown()
    expect(record.requests).toMatchObject({ inFlight: 1, finished: 0, cut: 0 })
  })
})
