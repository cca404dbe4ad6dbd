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
import { createRecordingLogger } from '@tidegate/testing'
import type { LogLine } from '@tidegate/testing'
import { describe, expect, onTestFinished, test } from 'vitest'

import { isSelfRequest, selfRequests } from '../src/index.ts'
import type { SelfRequestsOptions } from '../src/index.ts'
import { KINDS } from './support/serve.ts'

type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { readonly self: boolean; readonly body: string }

interface Service {
  readonly lifecycle: Lifecycle
  readonly lines: readonly LogLine[]
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
      message: expect.stringMatching(/^\d+ requests to itself: the last took [\d.]+ ms each, the first [\d.]+ ms$/),
      fields: expect.objectContaining({ converged: true, dependency: 'self-requests' }),
    })
    expect(warmUps.map(({ progress }) => progress)).toContain(
      `${served}/${served} requests to itself, ${data?.['timesFaster']} times faster`,
    )
  })

  test('until they have become faster, when they are slow and steady at first', async () => {
    let served = 0
    const { lifecycle } = createService({ requests: ['/'] })
    await lifecycle.listen(async (_request, response) => {
      if (++served <= 200) await pause(60)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    expect(served).toBeGreaterThan(200)
    const { data } = await reported(lifecycle)
    expect(data).toMatchObject({ converged: true })
    expect(data?.['timesFaster']).toBeGreaterThan(2)
  })

  test('up to the limit when they never become faster, and that is said', async () => {
    let served = 0
    const { lifecycle, lines } = createService({ requests: ['/slow', '/fast'], limit: '8s' })
    await lifecycle.listen(async (request, response) => {
      served++
      if (request.url === '/slow') await pause(100)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    expect(await reported(lifecycle)).toMatchObject({ status: 'pass', data: { converged: false, requests: served } })
    expect(lines).toContainEqual({
      level: 'warn',
      message: expect.stringMatching(
        /; GET \/slow never became faster, in \d+ ms: if that is all it can, give a minimum, or a lower limit$/,
      ),
      fields: expect.objectContaining({ converged: false }),
    })
  })

  test('no longer than the minimum when that is given and they are steady, as slow as they are', async () => {
    let served = 0
    const { lifecycle } = createService({ requests: ['/'], minimum: 40 })
    await lifecycle.listen(async (_request, response) => {
      served++
      await pause(30)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    expect(await reported(lifecycle)).toMatchObject({ data: { converged: true } })
    expect(served).toBeLessThan(300)
  })

  test('with something left in their progress for as long as they go on', async () => {
    let served = 0
    const { lifecycle, warmUps } = createService({ requests: ['/'], limit: '2s' })
    await lifecycle.listen(async (_request, response) => {
      await pause(Math.floor(served++ / 10) % 2 === 0 ? 1 : 20)
      response.end('served')
    }, 0)
    await lifecycle.whenReady()
    const said = warmUps.filter(({ state }) => state === 'progress')
    expect(said.length).toBeGreaterThan(5)
    for (const { done, total, remainingMs } of said.slice(0, -1)) {
      expect(total).toBeGreaterThan(done ?? 0)
      expect(remainingMs).toBeGreaterThan(0)
      expect(remainingMs).toBeLessThanOrEqual(2_100)
    }
    expect(said.at(-1)).toMatchObject({ done: served, total: served, remainingMs: 0 })
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

describe.each(Object.entries(KINDS))('what is not answered well over %s', (_kind, create) => {
  const troubles: readonly (readonly [what: string, why: RegExp, handler: RequestHandler])[] = [
    ['a 5xx', /^it answered 500$/, (_request, response) => response.writeHead(500).end()],
    ['a connection that breaks', /socket hang up|ECONNRESET|aborted|closed/, (request) => request.socket.destroy()],
    ['an answer that does not come', /^no whole answer within 50 ms$/, () => {}],
  ]

  test.each(troubles)('fails no attempt, and is said with its route: %s', async (_what, why, handler) => {
    let fine = 0
    const { lifecycle, lines, warmUps } = createService({
      requests: ['/fine', 'PUT /broken?token=secret'],
      critical: true,
      timeout: 50,
      concurrency: 1,
    })
    const server = create((request, response) => {
      if (request.url?.startsWith('/broken')) return handler(request, response)
      fine++
      return response.end('served')
    })
    await lifecycle.listen(server, 0)
    await lifecycle.whenReady()

    expect(fine).toBeGreaterThanOrEqual(90)
    expect(warmUps.map(({ state }) => state)).not.toContain('failed')
    const warned = lines.filter(({ fields }) => fields['route'] === 'PUT /broken')
    expect(warned).toMatchObject([
      { level: 'warn', message: expect.stringContaining('asked itself for PUT /broken: ') },
    ])
    const { status, message } = await reported(lifecycle)
    expect(status).toBe('warn')
    const [, said] = /^never answered well: PUT \/broken \((.*)\)$/.exec(message ?? '') ?? []
    expect(said).toMatch(why)
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('a route that is not answered well', () => {
  test('now and then is warmed all the same', async () => {
    let served = 0
    const { lifecycle } = createService({ requests: ['/'] })
    await lifecycle.listen((_request, response) => response.writeHead(++served % 20 === 0 ? 500 : 200).end(), 0)
    await lifecycle.whenReady()
    const { status, data } = await reported(lifecycle)
    expect({ status, data }).toMatchObject({ status: 'pass', data: { converged: true, requests: served } })
    expect(data?.['failed']).toBe(Math.floor(served / 20))
  })

  test('is not asked for ever, and nothing is asked once the service is ready', async () => {
    let served = 0
    const { lifecycle, warmUps } = createService({ requests: ['/'] })
    outlier(lifecycle, { alone: true, consecutive5xx: 2 })
    await lifecycle.listen((_request, response) => {
      served++
      response.writeHead(500).end()
    }, 0)
    await lifecycle.whenReady()
    const asked = served
    expect(await reported(lifecycle)).toMatchObject({ status: 'warn', data: { converged: false } })
    // Longer than the pause before another attempt.
    await pause(50)
    expect(served).toBe(asked)
    expect(warmUps.at(-1)?.state).toBe('done')
    expect(lifecycle.ready).toBe(true)
  })
})

test('a route that never answers does not cost the attempt, however short that is', async () => {
  const { lifecycle, warmUps } = createService({ requests: ['/'], timeout: '1m', limits: { warmUp: '5s' } })
  await lifecycle.listen(() => {}, 0)
  await lifecycle.whenReady()
  expect(warmUps.map(({ state }) => state)).not.toContain('failed')
  expect((await reported(lifecycle)).status).toBe('warn')
})

describe('a route that is not available yet', () => {
  const later = { 'retry-after': '1' }

  test('is asked again until it is, and then as often as the others', async () => {
    let isAvailable = false
    const asked = { '/products': 0, '/recommend': 0 }
    const { lifecycle, warmUps } = createService({ requests: ['/products', '/recommend'], minimum: 40 })
    await lifecycle.listen((request, response) => {
      if (request.url === '/recommend' && !isAvailable) {
        isAvailable = asked['/products'] > 60
        return response.writeHead(503, later).end()
      }
      asked[request.url as '/products']++
      return response.end()
    }, 0)
    await lifecycle.whenReady()
    expect(asked['/recommend']).toBeGreaterThanOrEqual(20)
    expect(warmUps.map(({ state }) => state)).not.toContain('failed')
    expect(await reported(lifecycle)).toMatchObject({ status: 'pass', data: { converged: true, failed: 0 } })
  })

  test('is left after five seconds, when the others are warm, and is in the report', async () => {
    const { lifecycle, lines } = createService({ requests: ['/products', '/recommend'] })
    await lifecycle.listen((request, response) => {
      response.writeHead(request.url === '/recommend' ? 503 : 200, later).end()
    }, 0)
    await lifecycle.whenReady()
    expect(await reported(lifecycle)).toMatchObject({
      status: 'warn',
      message: 'never answered well: GET /recommend (not available: 503 with Retry-After)',
      data: { converged: true },
    })
    expect(lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(0)
  })
})

describe('an attempt fails', () => {
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

  test('five times at most behind ready, and then it is let be', async () => {
    const { lifecycle, warmUps } = createService({ requests: ['/'] })
    const done = new Promise<void>((resolve) => {
      lifecycle.on('warmup', ({ state }) => {
        if (state === 'done') resolve()
      })
    })
    await lifecycle.start()
    await done
    expect(warmUps.filter(({ state }) => state === 'failed')).toHaveLength(5)
    expect(await reported(lifecycle)).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(
        /^the service could not ask itself, and has let it be after 5 attempts: .* no server/,
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

test.each(['http', 'https with TLS 1.3'])('over %s handlers find what they would on a socket', async (kind) => {
  const seen: unknown[] = []
  const written: number[] = []
  const { lifecycle } = createService({ requests: ['/'], critical: true, ...FEW })
  const server = KINDS[kind]?.((request, response) => {
    request.setTimeout(1_000)
    response.setTimeout(1_000)
    const { socket } = request
    socket.setNoDelay(true).setKeepAlive(true).unref().ref()
    seen.push({
      remote: [socket.remoteAddress, socket.remoteFamily, socket.remotePort],
      local: [socket.localAddress, socket.localFamily, socket.localPort],
      address: socket.address(),
      connecting: socket.connecting,
    })
    expect(socket.bytesRead).toBeGreaterThan(0)
    expect(socket.timeout).toBe(1_000)
    response.end('served', () => {
      written.push(socket.bytesWritten)
      if (seen.length === 1) socket.destroySoon()
      // Node refuses it over TLS.
      if (seen.length === 2 && kind === 'http') socket.resetAndDestroy()
    })
  })
  await lifecycle.listen(server as WebServer, 0)
  await lifecycle.whenReady()
  expect(seen[0]).toEqual({
    remote: ['127.0.0.1', 'IPv4', 0],
    local: ['127.0.0.1', 'IPv4', 0],
    address: { address: '127.0.0.1', family: 'IPv4', port: 0 },
    connecting: false,
  })
  expect(written[0]).toBeGreaterThan(0)
  expect(seen.length).toBeGreaterThanOrEqual(20)
})

describe.each(Object.entries(KINDS))('over %s', (_kind, create) => {
  test('a warm-up leaves no connection behind', async () => {
    const { sockets, server } = watched(create((_request, response) => response.end()))
    const { lifecycle } = createService({ requests: ['/'], ...FEW })
    await lifecycle.listen(server, 0)
    await lifecycle.whenReady()
    expect(await closedOf(sockets)).toBeGreaterThan(0)
  })

  test('an attempt that is aborted half way leaves none, and asks no more', async () => {
    let asked = 0
    let enough = (): void => {}
    const half = new Promise<void>((resolve) => (enough = resolve))
    const { sockets, server } = watched(
      create(async (_request, response) => {
        if (++asked === 40) enough()
        await pause(1)
        response.end()
      }),
    )
    const { lifecycle } = createService({ requests: ['/a', '/b', '/c'], concurrency: 4, minimum: 5_000 })
    await lifecycle.listen(server, 0)
    await half
    const { exitCode } = await lifecycle.shutdown()
    const atEnd = asked
    expect(await closedOf(sockets)).toBeGreaterThan(0)
    await pause(20)
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: atEnd })
  })

  test('a failure with others beside it leaves none, and no request goes on', async () => {
    let asked = 0
    const { sockets, server } = watched(
      create((_request, response) => response.writeHead(++asked % 25 === 0 ? 500 : 200).end()),
    )
    const { lifecycle } = createService({ requests: ['/a', '/b', '/c'], limit: '1s' })
    await lifecycle.listen(server, 0)
    await lifecycle.whenReady()
    const atEnd = asked
    expect(await closedOf(sockets)).toBeGreaterThan(0)
    await pause(50)
    expect(asked).toBe(atEnd)
  })

  test('an attempt that takes too long leaves none', async () => {
    const { sockets, server } = watched(create(() => {}))
    const { lifecycle } = createService({
      requests: ['/a', '/b', '/c'],
      concurrency: { from: 3, to: 4 },
      limits: { warmUp: '1s' },
    })
    await lifecycle.listen(server, 0)
    await lifecycle.whenReady()
    expect(await closedOf(sockets)).toBeGreaterThan(0)
  })
})

function watched<Server extends WebServer>(
  server: Server,
): { readonly sockets: readonly Duplex[]; readonly server: Server } {
  const sockets: Duplex[] = []
  server.on('connection', (socket: Duplex) => sockets.push(socket))
  return { sockets, server }
}

/** How many there were, once the last of them has gone. */
async function closedOf(sockets: readonly Duplex[]): Promise<number> {
  await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
  return sockets.length
}
