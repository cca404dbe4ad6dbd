import { createServer, ServerResponse } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'

import { afterEach, expect, test } from 'vitest'

import { cache, createLifecycle } from '../../src/index.ts'
import type { Lifecycle, LifecycleOptions } from '../../src/index.ts'
import { connectRaw, get, portOf } from '../support/raw-client.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'

let lifecycle: Lifecycle
let server: Server

async function listen(options: LifecycleOptions): Promise<void> {
  lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false, ...options })
  server = await lifecycle.listen((request, response) => response.end(`served ${request.url}`), 0)
}

/** The status of each path. */
async function ask(...paths: string[]): Promise<number[]> {
  const answers = await Promise.all(paths.map((path) => fetch(`http://localhost:${portOf(server)}${path}`)))
  await Promise.all(answers.map((answer) => answer.arrayBuffer()))
  return answers.map(({ status }) => status)
}

const PROBES = ['/livez', '/startupz', '/readyz', '/healthz'] as const

/** Something that happens when the test says so. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Resolves when the lifecycle has emitted a `health` event with this status. */
function turned(dependency: string, status: string): Promise<void> {
  return new Promise((resolve) => {
    const end = lifecycle.on('health', (event) => {
      if (event.dependency !== dependency || event.status !== status) return
      end()
      resolve()
    })
  })
}

function listenerClosed({ drainSignal }: Lifecycle): Promise<void> {
  return new Promise((resolve) => {
    drainSignal.addEventListener('abort', () => resolve())
  })
}

afterEach(() => lifecycle.shutdown())

test('while warming the application is refused with Retry-After, and the probes say why', async () => {
  const { opened, open } = gate()
  await listen({ dependencies: [{ name: 'slow', warmUp: () => opened }] })

  const refused = await fetch(`http://localhost:${portOf(server)}/`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toEqual({ status: 'fail', reason: 'warming' })
  expect(await ask(...PROBES)).toEqual([200, 503, 503, 503])

  open()
  await lifecycle.whenReady()
  expect(await ask('/', ...PROBES)).toEqual([200, 200, 200, 200, 200])
})

test("with whileWarming 'serve' the application is served meanwhile", async () => {
  const { opened, open } = gate()
  await listen({ dependencies: [{ name: 'slow', warmUp: () => opened }], warmUp: { whileWarming: 'serve' } })

  expect(await ask('/', '/readyz')).toEqual([200, 503])
  open()
})

test('is not ready before every critical check has passed, though the warm-up has completed', async () => {
  const { opened, open } = gate()
  await listen({ dependencies: [{ name: 'db', check: () => opened }] })

  expect(await ask(...PROBES)).toEqual([200, 200, 503, 503])

  open()
  await lifecycle.whenReady()
  expect(await ask('/readyz')).toEqual([200])
})

test('a critical remote dependency that fails later fails /healthz only', async () => {
  let works = true
  await listen({
    dependencies: [
      {
        name: 'db',
        check() {
          if (!works) throw new Error('connection refused')
        },
        health: { interval: 20, retryInterval: 10, fall: 1, rise: 1, staleAfter: '10s' },
      },
    ],
  })
  await lifecycle.whenReady()

  const failing = turned('db', 'fail')
  works = false
  await failing
  expect(await ask('/', ...PROBES, '/healthz/db', '/readyz/db')).toEqual([200, 200, 200, 200, 503, 503, 503])

  const passing = turned('db', 'pass')
  works = true
  await passing
  expect(await ask('/healthz')).toEqual([200])
})

test("with readiness 'always' it fails /readyz too, and so does a local one in any case", async () => {
  const failingSoon = (): { check(): void; health: { interval: number; fall: number; staleAfter: '10s' } } => {
    let runs = 0
    return {
      check() {
        if (runs++ > 0) throw new Error('broken')
      },
      health: { interval: 20, fall: 1, staleAfter: '10s' },
    }
  }
  await listen({ dependencies: [{ name: 'db', ...failingSoon() }], probes: { readiness: 'always' } })
  await turned('db', 'fail')
  expect(await ask('/readyz')).toEqual([503])
  await lifecycle.shutdown()

  await listen({ dependencies: [{ name: 'disk', scope: 'local', ...failingSoon() }] })
  await turned('disk', 'fail')
  expect(await ask('/readyz', '/livez')).toEqual([503, 200])
  expect(lifecycle.report().reasons).toEqual(['disk'])
})

test('a failing non-critical dependency only degrades', async () => {
  await listen({
    dependencies: [
      {
        name: 'redis',
        critical: false,
        check() {
          throw new Error('refused')
        },
      },
    ],
  })
  await lifecycle.whenReady()

  expect(await ask(...PROBES)).toEqual([200, 200, 200, 200])
  expect(lifecycle.report().status).toBe('warn')
})

test('a hold takes it out of rotation until the last one is released', async () => {
  await listen({})

  const first = lifecycle.hold('deploying')
  const second = lifecycle.hold('deploying')
  expect(await ask('/', '/readyz', '/healthz', '/livez')).toEqual([200, 503, 503, 200])
  expect(lifecycle.report().reasons).toEqual(['held: deploying', 'held: deploying'])

  first()
  first()
  expect(await ask('/readyz')).toEqual([503])
  second()
  expect(await ask('/readyz')).toEqual([200])
})

test('the report is the same frozen object until something changes', async () => {
  await listen({ dependencies: [{ name: 'db', check() {} }] })
  await lifecycle.whenReady()

  const report = lifecycle.report()
  expect(lifecycle.report()).toBe(report)
  expect(Object.isFrozen(report)).toBe(true)
  lifecycle.hold('a change')
  expect(lifecycle.report()).not.toBe(report)
})

test('requires judges by name, passes while idle, and refuses unknown names at once', async () => {
  lifecycle = createLifecycle({
    dependencies: [
      {
        name: 'redis',
        critical: false,
        check() {
          throw new Error('refused by redis://user:secret@host')
        },
      },
      { name: 'db' },
    ],
    logger: false,
  }) as Lifecycle
  const requirement = lifecycle.requires('redis', 'db')
  expect(requirement()).toBeUndefined()

  await lifecycle.start()
  await lifecycle.whenReady()

  const refusal = requirement()
  expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(JSON.parse(refusal?.body ?? '')).toEqual({
    status: 'fail',
    reason: 'a dependency of this route is failing',
    dependencies: ['redis'],
  })
  expect(requirement()).toBe(refusal)
  expect(lifecycle.requires('db')()).toBeUndefined()
  expect(() => lifecycle.requires('rediss')).toThrow(
    expect.objectContaining({
      code: 'TIDEGATE_UNKNOWN_DEPENDENCY',
      message: expect.stringContaining('did you mean "redis"?') as string,
    }),
  )
  expect(() => lifecycle.requires()).toThrow('names no dependency')
})

test("requires names no dependency to whoever may not see any, which is everybody with details: 'none'", async () => {
  lifecycle = createLifecycle({
    dependencies: [{ name: 'redis', critical: false, check: () => ({ status: 'fail' as const }) }],
    probes: { details: 'none' },
    logger: false,
  }) as Lifecycle
  await lifecycle.start()
  await lifecycle.whenReady()

  const refusal = lifecycle.requires('redis')()
  expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  expect(JSON.parse(refusal?.body ?? '')).toEqual({
    status: 'fail',
    reason: 'a dependency of this route is failing',
  })
})

test('the report names the endpoints that a failing dependency takes with it, also through what fails because of it', async () => {
  const fails = () => ({ status: 'fail' as const })
  lifecycle = createLifecycle({
    dependencies: [
      { name: 'redis', critical: false, check: fails },
      { name: 'sessions', critical: false, dependsOn: ['redis'], check: fails },
      { name: 'search', critical: false, check: fails },
      { name: 'db', check() {} },
    ],
    logger: false,
  }) as Lifecycle
  await lifecycle.start()
  await lifecycle.whenReady()
  const affected = () =>
    Object.entries(lifecycle.report().dependencies).map(([name, report]) => [name, report.affectedEndpoints])

  lifecycle.requires('redis', 'db').guards('get', '/recommend')
  const sessions = lifecycle.requires('sessions')
  sessions.guards('HEAD', '/account/:id')
  sessions.guards('GET', '/account/:id')
  lifecycle.requires('db').guards('POST', '/orders')

  expect(affected()).toEqual([
    ['redis', ['GET /recommend', 'GET /account/:id']],
    ['sessions', ['GET /account/:id']],
    ['search', undefined],
    ['db', undefined],
  ])
  const report = lifecycle.report()
  sessions.guards('GET', '/account/:id')
  expect(lifecycle.report()).toBe(report)
})

test('however many endpoints there are, a hundred are kept of each dependency, and long ones are cut', async () => {
  lifecycle = createLifecycle({
    dependencies: [
      { name: 'redis', critical: false, check: () => ({ status: 'fail' as const }) },
      { name: 'db', critical: false, check: () => ({ status: 'fail' as const }) },
    ],
    logger: false,
  }) as Lifecycle
  await lifecycle.start()
  await lifecycle.whenReady()
  const redis = lifecycle.requires('redis')
  for (let route = 0; route < 5_000; route++) redis.guards('GET', `/${route}/${'x'.repeat(1_000)}`)
  lifecycle.requires('redis', 'db').guards('GET', '/late')

  const { dependencies } = lifecycle.report()
  expect(dependencies['redis']?.affectedEndpoints).toHaveLength(100)
  expect(Math.max(...(dependencies['redis']?.affectedEndpoints ?? []).map(({ length }) => length))).toBe(200)
  expect(dependencies['db']?.affectedEndpoints).toEqual(['GET /late'])
})

test('handle answers probes on a server that nobody attached, and warns once while idle', async () => {
  const { logger, lines } = createRecordingLogger()
  lifecycle = createLifecycle({ shutdown: { linger: false }, logger })
  server = createServer((request, response) => {
    if (!lifecycle.handle(request, response)) response.end('served')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))

  expect(await ask('/', '/readyz', '/livez')).toEqual([200, 503, 200])
  expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('lifecycle.listen') as string }])

  await lifecycle.start()
  expect(await ask('/', '/readyz')).toEqual([200, 200])
  await lifecycle.shutdown()
  expect(server.listening).toBe(false)
})

test('a server met only during the drain, through handle, serves that request and stops listening', async () => {
  lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false })
  server = createServer((request, response) => {
    if (!lifecycle.handle(request, response)) response.end('served')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  await lifecycle.start()
  const { opened, open } = gate()
  lifecycle.addHook('drain', () => opened)
  const stopped = lifecycle.shutdown()
  await listenerClosed(lifecycle)

  const answer = await fetch(`http://localhost:${portOf(server)}/`)

  expect(server.listening).toBe(false)
  expect(await answer.text()).toBe('served')
  expect(answer.headers.get('connection')).toBe('close')
  open()
  expect(await stopped).toMatchObject({ exitCode: 0 })
})

test('a server met only in the lame duck is drained with it', async () => {
  lifecycle = createLifecycle({ shutdown: { linger: false }, logger: false })
  server = createServer((request, response) => {
    if (!lifecycle.handle(request, response)) response.end('served')
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  await lifecycle.start()
  const stopped = lifecycle.shutdown({ lameDuck: '1s' })
  expect(await ask('/', '/readyz')).toEqual([200, 503])

  await stopped
  expect(server.listening).toBe(false)
})

test('handle answers a request that came over no socket, as libraries inject them', async () => {
  await listen({})
  const handle = (url: string): { readonly answered: boolean | Promise<boolean>; readonly status: number } => {
    const request = { method: 'GET', url, headers: {}, httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage
    const response = new ServerResponse(request)
    const answered = lifecycle.handle(request, response)
    return { answered, status: response.statusCode }
  }

  expect(handle('/livez')).toEqual({ answered: true, status: 200 })
  expect(handle('/')).toEqual({ answered: false, status: 200 })
  lifecycle.hold('deploying')
  expect(handle('/readyz')).toEqual({ answered: true, status: 503 })
  await lifecycle.shutdown()
  expect(handle('/livez')).toEqual({ answered: true, status: 200 })
})

test('what the gate refuses on the way out is not counted among the requests that were finished', async () => {
  await listen({
    dependencies: [{ name: 'never', warmUp: () => new Promise(() => {}) }],
    shutdown: { linger: '10s' },
  })
  const client = await connectRaw(server)
  client.send(get('/'))
  await client.hear('"reason":"warming"')
  const stopped = lifecycle.shutdown()
  await listenerClosed(lifecycle)

  client.send(get('/'))
  await client.hear('"reason":"draining"')

  expect((await stopped).requests).toEqual({ inFlight: 0, finished: 0, refused: 0, rejected: 1, cut: 0, lost: 0 })
})

test('whenReady rejects when the lifecycle leaves first, and when its signal aborts', async () => {
  await listen({ dependencies: [{ name: 'never', warmUp: () => new Promise(() => {}) }] })
  const ready = lifecycle.whenReady()
  const impatient = lifecycle.whenReady({ signal: AbortSignal.abort(new Error('no time')) })

  await expect(impatient).rejects.toThrow('no time')
  await lifecycle.shutdown({ reason: 'a test' })
  await expect(ready).rejects.toMatchObject({
    code: 'TIDEGATE_WARM_UP',
    message: expect.stringContaining('a test') as string,
  })
})

test('a cache is loaded after what it depends on, before ready, and read from memory', async () => {
  const order: string[] = []
  const catalog = cache('catalog', {
    dependsOn: ['db'],
    load: async () => {
      order.push('catalog')
      return ['apple']
    },
  })
  expect(() => catalog.get()).toThrow(expect.objectContaining({ code: 'TIDEGATE_PHASE' }))
  await listen({
    dependencies: [
      catalog,
      {
        name: 'db',
        async warmUp() {
          order.push('db')
        },
      },
    ],
  })
  await lifecycle.whenReady()

  expect(order).toEqual(['db', 'catalog'])
  expect(catalog.get()).toEqual(['apple'])
})
