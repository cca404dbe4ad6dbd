import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

import { outlier } from '@tidegate/admission'
import { createLifecycle } from '@tidegate/core'
import type {
  DependencyReport,
  Lifecycle,
  LifecycleEvents,
  LifecycleOptions,
  RequestHandler,
  WebServer,
} from '@tidegate/core'
import { describe, expect, onTestFinished, test } from 'vitest'

import { isSelfRequest, selfRequests } from '../src/index.ts'
import type { SelfRequestsOptions } from '../src/index.ts'
import { createRecordingLogger } from './support/recording-logger.ts'
import type { Line } from './support/recording-logger.ts'
import { KINDS } from './support/serve.ts'

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly self: boolean; readonly body: string }

interface Service {
  readonly lifecycle: Lifecycle
  readonly lines: readonly Line[]
  readonly warmUps: readonly LifecycleEvents['warmup'][]
}

function createService(options: SelfRequestsOptions, more: LifecycleOptions = {}): Service {
  const { logger, lines } = createRecordingLogger()
  const lifecycle: Lifecycle = createLifecycle<string>({
    shutdown: { signals: false, linger: false },
    warmUp: { retry: { initial: 1, max: 1 } },
    logger,
    ...more,
    dependencies: [...(more.dependencies ?? []), selfRequests(options)],
  })
  const warmUps: LifecycleEvents['warmup'][] = []
  lifecycle.on('warmup', (event) => warmUps.push(event))
  onTestFinished(async () => void (await lifecycle.shutdown()))
  return { lifecycle, lines, warmUps }
}

/** Keeps what it was asked. */
function recorder(asked: Asked[]): RequestHandler {
  return async (request, response) => {
    const { method, url, headers } = request
    asked.push({ method, url, headers, self: isSelfRequest(request), body: await text(request) })
    response.end('served')
  }
}

/** What the report says of it behind its first check. */
async function reported(lifecycle: Lifecycle): Promise<DependencyReport> {
  const report = (): DependencyReport | undefined => lifecycle.report().dependencies['self-requests']
  if (report()?.checkedAt === undefined) {
    await new Promise<void>((resolve) => lifecycle.on('check', () => resolve()))
  }
  return report() as DependencyReport
}

const urlOf = (server: WebServer): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** Few, so that a test of something else is soon over. */
const FEW = { minimum: 1, maximum: 30, tolerance: 0.99 } as const

describe.each(Object.entries(KINDS))('over %s', (_kind, create) => {
  test('the requests reach the handler, and nobody else does until it is warm', async () => {
    const asked: Asked[] = []
    const requests = ['/products?page=2', { path: '/orders', headers: { 'X-Shop': 'a' }, body: '{"id":1}' }]
    const { lifecycle, lines } = createService({ requests, ...FEW })
    const server = await lifecycle.listen(create(recorder(asked)), 0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await lifecycle.whenReady()

    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(asked.length).toBeGreaterThanOrEqual(30)
    expect(asked.every(({ self }) => self)).toBe(true)
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/products?page=2', body: '' })
    expect(asked[0]?.headers['user-agent']).toBe('tidegate-self-request')
    expect(asked[1]).toMatchObject({ method: 'POST', url: '/orders', body: '{"id":1}' })
    expect(asked[1]?.headers['x-shop']).toBe('a')
  })

  test('they need no port', async () => {
    const asked: Asked[] = []
    const { lifecycle } = createService({ requests: ['/'], ...FEW })
    const server = lifecycle.attach(create(recorder(asked)))
    await lifecycle.start()
    await lifecycle.whenReady()

    expect(server.listening).toBe(false)
    expect(asked.length).toBeGreaterThanOrEqual(10)
  })

  test('no gate judges them, and the drain finds nothing of them', async () => {
    let judged = 0
    const { lifecycle } = createService({ requests: ['/'], ...FEW })
    lifecycle.addGate(() => {
      judged++
      return { status: 503, headers: {}, body: 'busy' }
    })
    await lifecycle.listen(create(recorder([])), 0, '127.0.0.1')
    await lifecycle.whenReady()
    expect(judged).toBe(0)

    const { connections, requests } = await lifecycle.shutdown()
    expect(connections.open).toBe(0)
    expect(requests).toMatchObject({ inFlight: 0, cut: 0 })
  })

  test('a shutdown in the middle aborts them and is clean', async () => {
    let begun = (): void => {}
    const first = new Promise<void>((resolve) => (begun = resolve))
    const { lifecycle } = createService({ requests: ['/'] })
    await lifecycle.listen(
      create(() => begun()),
      0,
      '127.0.0.1',
    )
    await first

    const { exitCode, requests, connections } = await lifecycle.shutdown()
    expect({ exitCode, cut: requests.cut, open: connections.open }).toEqual({ exitCode: 0, cut: 0, open: 0 })
  })
})

describe('what they are told apart by', () => {
  test('no client can send: everything one says of itself is nothing', async () => {
    const asked: Asked[] = []
    const { lifecycle } = createService({ requests: ['/'], ...FEW })
    const server = await lifecycle.listen(recorder(asked), 0, '127.0.0.1')
    await lifecycle.whenReady()
    const own = asked.splice(0)

    await (await fetch(urlOf(server), { headers: { ...plain(own[0]), 'x-tidegate-self': 'true' } })).text()
    expect(asked).toMatchObject([{ self: false }])
  })

  test('is known of a stream of HTTP/2, too, also when it has ended', async () => {
    const byPath = new Map<string | undefined, Set<boolean>>()
    let clientGone = (): void => {}
    const gone = new Promise<void>((resolve) => (clientGone = resolve))
    const { lifecycle } = createService({ requests: ['/self'], ...FEW })
    const server = createHttp2Server()
    server.on('stream', (stream: ServerHttp2Stream, { ':path': path }) => {
      stream.on('close', () => {
        byPath.set(path, (byPath.get(path) ?? new Set()).add(isSelfRequest(stream)))
        if (path === '/client') clientGone()
      })
      stream.respond({ ':status': 200 })
      stream.end('served')
    })
    await lifecycle.listen(server, 0, '127.0.0.1')
    await lifecycle.whenReady()
    const session = connect(urlOf(server))
    onTestFinished(() => session.close())
    await text(session.request({ ':path': '/client' }))
    await gone

    expect(byPath).toEqual(
      new Map([
        ['/self', new Set([true])],
        ['/client', new Set([false])],
      ]),
    )
  })
})

function plain(asked: Asked | undefined): Record<string, string> {
  const { connection: _connection, host: _host, ...headers } = asked?.headers ?? {}
  return headers as Record<string, string>
}

describe('they are repeated', () => {
  test('until they have stopped becoming faster, and the report says how much they did', async () => {
    let served = 0
    const { lifecycle, lines, warmUps } = createService({ requests: ['/'], minimum: 10 })
    await lifecycle.listen(async (_request, response) => {
      if (++served <= 20) await pause(40)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()

    const { data } = await reported(lifecycle)
    expect(data).toMatchObject({ converged: true, requests: served, concurrency: 4 })
    expect(data?.['firstMs']).toBeGreaterThan(30)
    expect(data?.['timesFaster']).toBeGreaterThan(2)
    expect(lines.at(-1)?.message).not.toContain('not converged')
    expect(lines).toContainEqual({
      level: 'info',
      message: expect.stringMatching(
        /^\d+ requests to itself: the last ten took [\d.]+ ms each, the first ten [\d.]+ ms$/,
      ),
      fields: expect.objectContaining({ converged: true, dependency: 'self-requests' }),
    })
    expect(warmUps.map(({ progress }) => progress)).toContain(
      `${served}/${served} requests to itself, ${data?.['timesFaster']} times faster`,
    )
  })

  test('at least as often as the minimum says', async () => {
    let served = 0
    const { lifecycle } = createService({ requests: ['/'], minimum: 200 })
    await lifecycle.listen((_request, response) => response.end(`${++served}`), 0)
    await lifecycle.whenReady()
    expect(served).toBeGreaterThanOrEqual(200)
  })

  test('more and more at once', async () => {
    let now = 0
    const atOnce: number[] = []
    const { lifecycle } = createService({ requests: ['/'], concurrency: { from: 2, to: 8 }, ...FEW, maximum: 60 })
    await lifecycle.listen(async (_request, response) => {
      atOnce.push(++now)
      await pause(5)
      now--
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    expect(Math.max(...atOnce.slice(0, 10))).toBe(2)
    expect(Math.max(...atOnce)).toBe(8)
  })

  test('no longer than the limit, which is no failure and is said', async () => {
    let served = 0
    const { lifecycle, lines } = createService({ requests: ['/'], limit: '200ms' })
    await lifecycle.listen(async (_request, response) => {
      await pause(served++ % 2 === 0 ? 1 : 30)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()

    expect(await reported(lifecycle)).toMatchObject({
      status: 'pass',
      data: { converged: false, requests: served },
    })
    expect(lines).toContainEqual({
      level: 'warn',
      message: expect.stringMatching(/; their latency has not converged after \d+ of them in \d+ ms$/),
      fields: expect.objectContaining({ converged: false }),
    })
  })

  test('no longer than one attempt of the warm-up may take', async () => {
    const { lifecycle, warmUps } = createService({
      requests: ['/'],
      minimum: 5_000,
      limits: { warmUp: '3s' },
    })
    await lifecycle.listen(async (_request, response) => {
      await pause(2)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    expect(warmUps.map(({ state }) => state)).not.toContain('failed')
  })

  test('with the event loop left to others in between: a probe is answered meanwhile', async () => {
    let answered = 0
    const { lifecycle } = createService({ requests: ['/'], minimum: 2_000, maximum: 2_000 })
    const server = await lifecycle.listen((_request, response) => response.end('served'), 0, '127.0.0.1')
    while (lifecycle.phase === 'warming') {
      const answer = await fetch(`${urlOf(server)}/livez`)
      await answer.arrayBuffer()
      if (lifecycle.phase === 'warming') answered++
    }
    expect(answered).toBeGreaterThan(3)
  })
})

describe('an attempt fails', () => {
  const failures: readonly (readonly [what: string, why: RegExp, handler: RequestHandler])[] = [
    ['when a route answers 5xx', /: it answered 500$/, (_request, response) => response.writeHead(500).end()],
    ['when a connection breaks', /socket hang up|ECONNRESET|aborted/, (request) => request.socket.destroy()],
    ['when no answer comes in time', /: no whole answer within 50 ms$/, () => {}],
  ]

  test.each(failures)('%s, and is made again: with the name of the route', async (_what, why, handler) => {
    let isBroken = true
    const { lifecycle, warmUps } = createService({
      requests: ['/fine', 'PUT /broken?token=secret'],
      critical: true,
      ...FEW,
      timeout: 50,
    })
    const failed = new Promise<void>((resolve) => {
      lifecycle.on('warmup', ({ state }) => {
        if (state === 'failed') resolve()
      })
    })
    await lifecycle.listen((request, response) => {
      if (isBroken && request.url?.startsWith('/broken')) handler(request, response)
      else response.end('served')
    }, 0)
    await failed
    isBroken = false
    await lifecycle.whenReady()

    const { error } = warmUps.find(({ state }) => state === 'failed') ?? {}
    expect(error).toMatch(/^the service asked itself for PUT \/broken: /)
    expect(error).toMatch(why)
    expect(error).not.toContain('secret')
  })

  test('and holds ready back for this one time only, unless it is critical', async () => {
    const { lifecycle, warmUps } = createService({ requests: ['/'] })
    await lifecycle.listen((_request, response) => response.writeHead(500).end(), 0)
    await lifecycle.whenReady()
    expect(warmUps.filter(({ state }) => state === 'failed').length).toBeGreaterThanOrEqual(1)
    expect(lifecycle.report().status).toBe('warn')
  })

  test('when there is no server', async () => {
    const { lifecycle, warmUps } = createService({ requests: ['/'] })
    await lifecycle.start()
    await lifecycle.whenReady()
    expect(warmUps.at(1)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(
        /^the lifecycle has no server to send requests to: call lifecycle\.listen\(app, port\)/,
      ),
    })
  })

  test("when the server is not the lifecycle's", async () => {
    const { lifecycle, warmUps } = createService({ requests: ['/'], server: createServer() })
    await lifecycle.listen((_request, response) => response.end(), 0)
    await lifecycle.whenReady()
    expect(warmUps.at(1)?.error).toMatch(/^the server to send requests to is none of the lifecycle's/)
  })
})

test('a 4xx is no failure, and is said once', async () => {
  const { lifecycle, lines } = createService({ requests: ['/missing'], ...FEW, maximum: 100 })
  await lifecycle.listen((_request, response) => response.writeHead(404).end(), 0)
  await lifecycle.whenReady()
  expect(lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'GET /missing answered 404: little of it may be warm; is it the right request?',
  ])
})

test('many at once are no reason for Node to warn of a leak', async () => {
  const warnings: Error[] = []
  const keep = (warning: Error): void => void warnings.push(warning)
  process.on('warning', keep)
  onTestFinished(() => void process.off('warning', keep))
  const { lifecycle } = createService({ requests: ['/'], concurrency: 20, ...FEW })
  await lifecycle.listen(async (_request, response) => {
    await pause(5)
    response.end()
  }, 0)
  await lifecycle.whenReady()
  await pause(0)
  expect(warnings).toEqual([])
})

test('they go to the server that is named', async () => {
  const asked: string[] = []
  const serve = (name: string) =>
    createServer((_request: IncomingMessage, response: ServerResponse) => {
      asked.push(name)
      response.end()
    })
  const second = serve('second')
  const { lifecycle } = createService({ requests: ['/'], server: second, ...FEW })
  lifecycle.attach(serve('first'))
  await lifecycle.listen(second, 0)
  await lifecycle.whenReady()
  expect(new Set(asked)).toEqual(new Set(['second']))
})

test('they are sent again behind ready, and an outlier does not count them', async () => {
  let failures = 0
  const { lifecycle } = createService({ requests: ['/'] })
  outlier(lifecycle, { alone: true, consecutive5xx: 2 })
  const enough = new Promise<void>((resolve) => {
    void lifecycle.whenReady().then(() =>
      lifecycle.on('warmup', ({ state }) => {
        if (state === 'failed' && ++failures === 6) resolve()
      }),
    )
  })
  await lifecycle.listen((_request, response) => response.writeHead(500).end(), 0)
  await enough
  expect(lifecycle.ready).toBe(true)
})

test.each(['http', 'https with TLS 1.3'])('over %s handlers find what they would on a socket', async (kind) => {
  const seen: unknown[] = []
  const { lifecycle } = createService({ requests: ['/'], critical: true, ...FEW })
  const server = KINDS[kind]?.((request, response) => {
    request.setTimeout(1_000)
    response.setTimeout(1_000)
    request.socket.setNoDelay(true).setKeepAlive(true).unref().ref()
    seen.push(request.socket.remoteAddress)
    response.end()
  })
  await lifecycle.listen(server as WebServer, 0)
  await lifecycle.whenReady()
  expect(seen[0]).toBe('127.0.0.1')
})

test('a warm-up leaves no connection behind', async () => {
  const sockets: Duplex[] = []
  const { lifecycle } = createService({ requests: ['/'], ...FEW })
  const server = createServer((_request, response) => response.end())
  server.on('connection', (socket) => sockets.push(socket))
  await lifecycle.listen(server, 0)
  await lifecycle.whenReady()
  await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
  expect(sockets.length).toBeGreaterThan(0)
})
