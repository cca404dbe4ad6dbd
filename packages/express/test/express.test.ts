import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createLifecycle } from '@tidegate/core'
import type { Lifecycle } from '@tidegate/core'
import express from 'express'
import type { Express } from 'express'
import { afterEach, expect, expectTypeOf, test } from 'vitest'

import { requires, tidegate } from '../src/index.ts'

let lifecycle: Lifecycle<'db' | 'redis'>
let server: Server
let redisWorks: boolean

function create(): Express {
  redisWorks = true
  lifecycle = createLifecycle({
    dependencies: [
      { name: 'db', check() {} },
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
  const app = express()
  app.use(tidegate(lifecycle))
  app.get('/recommend', requires(lifecycle, 'redis'), (_request, response) => {
    response.send('recommended')
  })
  app.get('/', (_request, response) => {
    response.send('served')
  })
  app.use((_request, response) => {
    response.status(404).send('nothing here')
  })
  return app
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://localhost:${(server.address() as AddressInfo).port}${path}`, init)
}

function turned(status: string): Promise<void> {
  return new Promise((resolve) => {
    const end = lifecycle.on('health', (event) => {
      if (event.dependency !== 'redis' || event.status !== status) return
      end()
      resolve()
    })
  })
}

afterEach(async () => {
  await lifecycle.shutdown()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
})

test('probes and routes are answered on a server that the lifecycle opened', async () => {
  server = await listen(create())

  expect((await ask('/healthz')).status).toBe(200)
  expect((await ask('/readyz?from=kubelet')).status).toBe(200)
  expect(await (await ask('/')).text()).toBe('served')
  expect((await ask('/nothing')).status).toBe(404)
})

test('probes are answered ahead of everything that Express does', async () => {
  const app = express()
  const withProbes = create()
  app.use((_request, response) => {
    response.status(401).send('who are you?')
  })
  app.use(withProbes)
  server = await listen(app)

  expect((await ask('/livez')).status).toBe(200)
  expect((await ask('/')).status).toBe(401)
})

test('probes of an app that is mounted under a path are answered there, whoever has the server', async () => {
  const outer = express()
  outer.use('/api', create())
  server = outer.listen(0)
  await once(server, 'listening')
  expect((await ask('/api/readyz')).status).toBe(503)

  await lifecycle.start()
  await lifecycle.whenReady()
  for (let time = 0; time < 3; time++) expect((await ask('/api/readyz')).status).toBe(200)
  expect(await (await ask('/api/')).text()).toBe('served')
  expect((await ask('/api/nothing')).status).toBe(404)
})

test('requires answers 503 while its dependency fails, on that route only, and recovers', async () => {
  server = await listen(create())
  expect(await (await ask('/recommend')).text()).toBe('recommended')

  const failing = turned('fail')
  redisWorks = false
  await failing
  const refused = await ask('/recommend')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toMatchObject({ dependencies: ['redis'] })
  expect((await ask('/')).status).toBe(200)
  expect((await ask('/healthz')).status).toBe(200)

  const passing = turned('pass')
  redisWorks = true
  await passing
  expect((await ask('/recommend')).status).toBe(200)
})

test('requires refuses a HEAD without a body, which a server may be strict about', async () => {
  const app = create()
  server = await lifecycle.listen(createServer({ rejectNonStandardBodyWrites: true }, app), 0)
  await lifecycle.whenReady()
  const failing = turned('fail')
  redisWorks = false
  await failing

  const refused = await ask('/recommend', { method: 'HEAD' })

  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.text()).toBe('')
})

test("requires leaves a route the types of its path's parameters", async () => {
  create()
  const app = express()
  app.get('/products/:id', requires(lifecycle, 'redis'), (request, response) => {
    expectTypeOf(request.params).toEqualTypeOf<{ id: string }>()
    const id: string = request.params.id
    response.send(id)
  })
  server = await listen(app)

  expect(await (await ask('/products/17')).text()).toBe('17')
})

test('requires refuses a name that no dependency has, when it is called', () => {
  create()
  server = createServer()

  // @ts-expect-error -- the names of dependencies are known to the compiler
  expect(() => requires(lifecycle, 'rediss')).toThrow(expect.objectContaining({ code: 'TIDEGATE_UNKNOWN_DEPENDENCY' }))
})

test('an app that nobody attached answers probes, lets requests pass while idle, and is drained once started', async () => {
  server = create().listen(0)
  await once(server, 'listening')

  expect((await ask('/readyz')).status).toBe(503)
  expect(await (await ask('/recommend')).text()).toBe('recommended')

  await lifecycle.start()
  await lifecycle.whenReady()
  expect((await ask('/readyz')).status).toBe(200)
  await lifecycle.shutdown()
  expect(server.listening).toBe(false)
})

test('a request in flight at the shutdown is answered whole, with a close header', async () => {
  const app = create()
  const { promise: arrived, resolve: arrive } = deferred()
  const { promise: released, resolve: release } = deferred()
  const outer = express()
  outer.get('/slow', async (_request, response) => {
    arrive()
    await released
    response.send('whole')
  })
  outer.use(app)
  server = await listen(outer)
  const answer = ask('/slow')
  await arrived

  const closed = new Promise<void>((resolve) => {
    lifecycle.on('drain', ({ step }) => {
      if (step === 'listener-closed') resolve()
    })
  })
  const stopped = lifecycle.shutdown()
  await closed
  release()

  const response = await answer
  expect(response.headers.get('connection')).toBe('close')
  expect(await response.text()).toBe('whole')
  expect((await stopped).requests).toMatchObject({ inFlight: 1, finished: 1, cut: 0 })
})

async function listen(app: Express): Promise<Server> {
  const opened = await lifecycle.listen(app, 0)
  await lifecycle.whenReady()
  return opened
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

test('what is cut in a mounted router is recorded by the whole of its path', async () => {
  lifecycle = createLifecycle({ shutdown: { signals: false, linger: false, requests: 100 }, logger: false })
  const admin = express.Router().get('/users', () => {})
  server = await lifecycle.listen(express().use('/admin', admin), 0)
  const asked = once(server, 'request')
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/admin/users?token=secret`)
  answer.catch(() => {})
  await asked

  const { cut } = await lifecycle.shutdown()

  expect(cut.map(({ route }) => route)).toEqual(['GET /admin/users'])
  await expect(answer).rejects.toThrow('fetch failed')
})
