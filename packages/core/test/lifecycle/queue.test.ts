import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, ServerResponse } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { connect, constants, createServer as createHttp2Server } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, Http2Server, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Lifecycle, LifecycleOptions } from '../../src/index.ts'
import { connectRaw, get, portOf } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'

let lifecycle: Lifecycle
let warm: () => void
let clients: RawClient[]
/** The targets that the application was asked for, in that order. */
let asked: string[]
let requests: IncomingMessage[]

function create(
  queue: { readonly size?: number; readonly wait?: '50ms' | '1m' } = {},
  more: LifecycleOptions = {},
): void {
  const warmed = new Promise<void>((resolve) => {
    warm = resolve
  })
  lifecycle = createLifecycle({
    dependencies: [{ name: 'slow', warmUp: () => warmed }],
    warmUp: { whileWarming: 'queue', queue: { wait: '1m', ...queue } },
    shutdown: { linger: false, signals: false, exit: false },
    logger: false,
    ...more,
  })
}

const serve: RequestListener = (request, response) => {
  asked.push(request.url ?? '')
  response.end(`served ${request.url}`)
}

async function listen(handler: RequestListener = serve): Promise<Server> {
  const server = createServer(handler)
  await lifecycle.listen(server, 0)
  return server
}

async function client(server: Server): Promise<RawClient> {
  const one = await connectRaw(server)
  clients.push(one)
  return one
}

/** Resolves when so many requests have been parsed: each waits by then, or has been answered. */
function parsed(server: Server, count: number): Promise<void> {
  const emit = server.emit.bind(server) as (...args: unknown[]) => boolean
  return new Promise((resolve) => {
    let left = count
    server.emit = ((event: string, ...args: unknown[]) => {
      const handled = emit(event, ...args)
      if (!['request', 'checkContinue', 'stream', 'upgrade'].includes(event)) return handled
      if (event === 'request') requests.push(args[0] as IncomingMessage)
      left--
      if (left === 0) resolve()
      return handled
    }) as Server['emit']
  })
}

beforeEach(() => {
  clients = []
  asked = []
  requests = []
})

afterEach(async () => {
  for (const { socket } of clients) socket.destroy()
  await lifecycle.shutdown()
})

test('requests wait in front of the application and are handed on in their order, while probes never wait', async () => {
  create()
  const server = await listen()
  const [first, second] = [await client(server), await client(server)]
  const one = parsed(server, 1)
  first.send(get('/1'))
  await one
  const two = parsed(server, 1)
  second.send(get('/2'))
  await two

  const prober = await client(server)
  prober.send(get('/readyz'))
  await prober.hear('HTTP/1.1 503')
  prober.send(get('/livez'))
  await prober.hear('HTTP/1.1 200')
  expect({ asked, heard: first.received + second.received }).toEqual({ asked: [], heard: '' })

  warm()
  await Promise.all([first.hear('served /1'), second.hear('served /2')])
  expect(asked).toEqual(['/1', '/2'])
})

test('the phase is ready when they are handed on, and whoever comes then does not overtake them', async () => {
  create()
  const phases: string[] = []
  const server = await listen((request, response) => {
    phases.push(lifecycle.phase)
    serve(request, response)
  })
  const waiting = await client(server)
  const two = parsed(server, 2)
  waiting.send(get('/1') + get('/2'))
  await two
  lifecycle.on('phase', ({ phase }) => {
    if (phase === 'ready') void fetch(`http://127.0.0.1:${portOf(server)}/late`)
  })
  warm()
  await waiting.hear('served /2')
  expect(asked.slice(0, 2)).toEqual(['/1', '/2'])
  expect(phases[0]).toBe('ready')
})

test('a pipeline waits whole, and is answered in its order on the connection it came by', async () => {
  create()
  const server = await listen()
  const one = await client(server)
  const three = parsed(server, 3)
  one.send(get('/1') + get('/2') + get('/3'))
  await three
  warm()
  await one.hear('served /3')
  expect(one.received.match(/served \/\d/g)).toEqual(['served /1', 'served /2', 'served /3'])
  one.send(get('/4'))
  await one.hear('served /4')
})

test('an upload waits with its body', async () => {
  create()
  const body = 'x'.repeat(1_000_000)
  const server = await listen((request, response) => {
    let length = 0
    request.on('data', (chunk: Buffer) => (length += chunk.length))
    request.on('end', () => response.end(`read ${length}`))
  })
  const one = await client(server)
  const come = parsed(server, 1)
  one.send(`POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await come
  warm()
  await one.hear(`read ${body.length}`)
  expect(one.received).toMatch(/^HTTP\/1\.1 200 /)
})

test('Expect: 100-continue reaches the listener of the application for it, and nobody says continue before', async () => {
  create()
  const server = await listen()
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue()
    request.on('data', () => {}).on('end', () => response.end('continued'))
  })
  const one = await client(server)
  const come = parsed(server, 1)
  one.send('POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n')
  await come
  expect(one.received).toBe('')
  warm()
  await one.hear('100 Continue')
  one.send('hello')
  await one.hear('continued')
})

test('beyond its size a request is refused at once', async () => {
  create({ size: 2 })
  const server = await listen()
  const full = await client(server)
  const two = parsed(server, 2)
  full.send(get('/1') + get('/2'))
  await two
  const late = await client(server)
  late.send(get('/3'))
  await late.hear('"reason":"warming"')
  expect(late.received).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n/)
  warm()
  await full.hear('served /2')
  expect(asked).toEqual(['/1', '/2'])
})

test('a request that has waited too long is refused, and not handed on', async () => {
  create({ wait: '50ms' })
  const server = await listen()
  const one = await client(server)
  one.send(get('/1'))
  await one.hear('"reason":"warming"')
  expect(one.received).toMatch(/^HTTP\/1\.1 503 [^]*\r\nretry-after: 1\r\n/)
  warm()
  await lifecycle.whenReady()
  one.send(get('/2'))
  await one.hear('served /2')
  expect(asked).toEqual(['/2'])
})

test('a client that leaves is forgotten at once: its place is free, and nothing listens to its request', async () => {
  create({ size: 2 })
  const server = await listen()
  const leaver = await client(server)
  const two = parsed(server, 2)
  leaver.send(get('/1') + get('/2'))
  await two
  const gone = requests.map((request) => new Promise((resolve) => request.on('close', resolve)))
  leaver.socket.destroy()
  await Promise.all(gone)
  for (const request of requests) expect(request.listenerCount('close')).toBe(1)

  const next = await client(server)
  const come = parsed(server, 2)
  next.send(get('/3') + get('/4'))
  await come
  warm()
  await next.hear('served /4')
  expect(asked).toEqual(['/3', '/4'])
})

test('nothing of the waiting is left on a request that is handed on', async () => {
  create()
  const counts: number[] = []
  const server = await listen((request, response) => {
    counts.push(request.listenerCount('close'), response.listenerCount('close'))
    serve(request, response)
  })
  const one = await client(server)
  const come = parsed(server, 1)
  one.send(get('/1'))
  await come
  warm()
  await one.hear('served /1')
  // Behind an open gate there is nothing from the start.
  one.send(get('/2'))
  await one.hear('served /2')
  expect(counts.slice(0, 2)).toEqual(counts.slice(2))
})

test('a shutdown answers those that wait at once, and counts them as refused', async () => {
  create()
  const server = await listen()
  const one = await client(server)
  const two = parsed(server, 2)
  one.send(get('/1') + get('/2'))
  await two
  const stopped = lifecycle.shutdown()
  await one.hear('"reason":"draining"', 2)
  warm()
  expect(await stopped).toMatchObject({ exitCode: 0, requests: { finished: 0, rejected: 2, cut: 0, lost: 0 } })
  expect(asked).toEqual([])
})

test('an upgrade is refused, as it cannot wait', async () => {
  create()
  const server = await listen()
  server.on('upgrade', (_request, socket: Duplex) => socket.end('upgraded'))
  const one = await client(server)
  one.send(get('/ws', 'Connection: Upgrade', 'Upgrade: websocket'))
  await one.hear('"reason":"warming"')
  expect(await one.closed).toBe('end')
})

test('what a handler throws is uncaught, and keeps nothing from those behind it', async () => {
  create()
  const server = await listen((request, response) => {
    serve(request, response)
    if (request.url === '/1') throw new Error('thrown by a handler')
  })
  const one = await client(server)
  const two = parsed(server, 2)
  one.send(get('/1') + get('/2'))
  await two
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const uncaught = once(process, 'uncaughtException')
  warm()
  const [error] = (await uncaught) as [Error]
  for (const listener of listeners) process.on('uncaughtException', listener)
  expect(error.message).toBe('thrown by a handler')
  await one.hear('served /2')
  expect(lifecycle.phase).toBe('ready')
})

test('a handler finds the stores of its own request, not those of the warm-up', async () => {
  const store = new AsyncLocalStorage<string>()
  const found: unknown[] = []
  create(
    {},
    {
      dependencies: [
        {
          name: 'slow',
          warmUp() {
            store.enterWith('of the warm-up')
            return new Promise((resolve) => {
              warm = resolve
            })
          },
        },
      ],
    },
  )
  lifecycle.on('phase', ({ phase }) => phase === 'ready' && found.push(store.getStore()))
  const server = await listen((request, response) => {
    found.push(store.getStore())
    serve(request, response)
  })
  const one = await client(server)
  const come = parsed(server, 1)
  one.send(get('/1'))
  await come
  warm()
  await one.hear('served /1')
  expect(found).toEqual(['of the warm-up', undefined])
})

test('the gates of others judge a request when its waiting is over', async () => {
  create()
  const server = await listen()
  lifecycle.addGate(({ url }) => (url === '/no' ? { status: 429, headers: {}, body: 'too many' } : undefined))
  const one = await client(server)
  const two = parsed(server, 2)
  one.send(get('/no') + get('/yes'))
  await two
  expect(one.received).toBe('')
  warm()
  await one.hear('served /yes')
  expect(one.received).toMatch(/^HTTP\/1\.1 429 /)
})

test('probe refuses what would wait: it has nobody to hand it on to', async () => {
  create()
  await lifecycle.start()
  expect(lifecycle.probe({ url: '/' })).toMatchObject({ status: 503 })
  warm()
  await lifecycle.whenReady()
  expect(lifecycle.probe({ url: '/' })).toBeUndefined()
})

test('handle promises whether it has answered, only while the request waits', async () => {
  create({ size: 1 })
  await lifecycle.start()
  const inject = (url: string): boolean | Promise<boolean> => {
    const request = { method: 'GET', url, headers: {}, httpVersionMajor: 1, on() {}, off() {} } as unknown
    return lifecycle.handle(request as IncomingMessage, new ServerResponse(request as IncomingMessage))
  }
  expect(inject('/livez')).toBe(true)
  const waiting = inject('/1')
  expect(waiting).toBeInstanceOf(Promise)
  expect(inject('/2')).toBe(true)
  warm()
  expect(await waiting).toBe(false)
  expect(inject('/3')).toBe(false)
})

test('handle says that it has answered when a shutdown has, and when the wait was too long', async () => {
  create({ wait: '50ms' })
  const answers: (boolean | Promise<boolean>)[] = []
  const server = createServer((request, response) => {
    answers.push(lifecycle.handle(request, response))
  })
  await once(server.listen(0), 'listening')
  await lifecycle.start()
  const one = await client(server)
  one.send(get('/1'))
  await one.hear('"reason":"warming"')
  expect(await answers[0]).toBe(true)
  await lifecycle.shutdown()
})

test('without a queue nothing waits', async () => {
  create({}, { warmUp: { whileWarming: 'reject' } })
  const server = await listen()
  const one = await client(server)
  one.send(get('/1'))
  await one.hear('"reason":"warming"')
  expect(asked).toEqual([])
})

for (const kind of ['stream', 'request'] as const) {
  async function listenHttp2(): Promise<{ readonly server: Http2Server; readonly session: ClientHttp2Session }> {
    const server = createHttp2Server()
    if (kind === 'request') {
      server.on('request', (request, response) => {
        asked.push(request.url)
        let body = ''
        request.on('data', (chunk: Buffer) => (body += chunk.toString()))
        request.on('end', () => response.end(`served ${request.url} ${body}`))
      })
    } else {
      server.on('stream', (stream, headers) => {
        asked.push(headers[':path'] ?? '')
        let body = ''
        stream.on('data', (chunk: Buffer) => (body += chunk.toString()))
        stream.on('end', () => {
          stream.respond({ ':status': 200 })
          stream.end(`served ${headers[':path']} ${body}`)
        })
      })
    }
    await lifecycle.listen(server, 0)
    const session = connect(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
    session.on('error', () => {})
    return { server, session }
  }

  async function read(stream: ClientHttp2Stream): Promise<{ readonly status: unknown; readonly body: string }> {
    let body = ''
    let status: unknown
    stream.on('response', (headers) => (status = headers[':status']))
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()))
    await once(stream, 'end')
    return { status, body }
  }

  test(`over HTTP/2, '${kind}': streams wait in their order with their bodies, while probes are answered`, async () => {
    create()
    const { server, session } = await listenHttp2()
    const two = parsed(server as unknown as Server, 2)
    const first = session.request({ ':path': '/1', ':method': 'POST' })
    first.end('hello')
    const second = session.request({ ':path': '/2' })
    const answers = [read(first), read(second)]
    await two
    expect((await read(session.request({ ':path': '/livez' }))).status).toBe(200)
    expect(asked).toEqual([])
    warm()
    expect(await Promise.all(answers)).toEqual([
      { status: 200, body: 'served /1 hello' },
      { status: 200, body: 'served /2 ' },
    ])
    expect(asked).toEqual(['/1', '/2'])
    session.close()
  })

  test(`over HTTP/2, '${kind}': a stream that is reset, with whatever code, is forgotten and harms nobody`, async () => {
    create({ size: 1 })
    const { server, session } = await listenHttp2()
    for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_PROTOCOL_ERROR]) {
      const come = parsed(server as unknown as Server, 1)
      const stream = session.request({ ':path': '/gone' })
      stream.on('error', () => {})
      await come
      const closed = new Promise((resolve) => stream.on('close', resolve))
      stream.close(code)
      await closed
      // The reset is ahead of the next request.
      const refused = session.request({ ':path': '/livez' })
      await read(refused)
    }
    const come = parsed(server as unknown as Server, 1)
    const last = read(session.request({ ':path': '/last' }))
    await come
    warm()
    expect((await last).body).toBe('served /last ')
    expect(asked).toEqual(['/last'])
    session.close()
  })

  test(`over HTTP/2, '${kind}': a shutdown answers the streams that wait`, async () => {
    create()
    const { server, session } = await listenHttp2()
    const come = parsed(server as unknown as Server, 1)
    const answer = read(session.request({ ':path': '/1' }))
    await come
    const stopped = lifecycle.shutdown()
    expect(await answer).toMatchObject({ status: 503, body: expect.stringContaining('draining') as string })
    expect(await stopped).toMatchObject({ exitCode: 0, requests: { finished: 0, rejected: 1 } })
    expect(asked).toEqual([])
  })
}

test('over HTTP/2 a stream that has failed and not told yet harms nobody when the waiting ends', async () => {
  create()
  const server = createHttp2Server()
  const begun = new Promise<ServerHttp2Stream>((resolve) => {
    server.on('session', (session) => session.on('stream', resolve))
  })
  await lifecycle.listen(server, 0)
  const session = connect(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
  session.on('error', () => {})
  const asking = session.request({ ':path': '/1' })
  asking.on('error', () => {})
  const stream = await begun
  await new Promise((resolve) => setImmediate(resolve))
  stream.destroy(new Error('as a reset does'))
  expect(await lifecycle.shutdown()).toMatchObject({ exitCode: 0, requests: { rejected: 0 } })
})

test('over HTTP/2 the trailers of a request that has waited reach its handler', async () => {
  create()
  const server = createHttp2Server((request, response) => {
    request.resume()
    request.on('end', () => response.end(String(request.trailers['x-sum'])))
  })
  await lifecycle.listen(server, 0)
  const session = connect(`http://127.0.0.1:${(server.address() as { port: number }).port}`)
  const come = parsed(server as unknown as Server, 1)
  const stream = session.request({ ':path': '/', ':method': 'POST' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }))
  stream.end('hello')
  await come
  const heard = new Promise<void>((resolve) => {
    const probe = session.request({ ':path': '/livez' })
    probe.resume().on('end', resolve)
  })
  await heard
  let body = ''
  stream.on('data', (chunk: Buffer) => (body += chunk.toString()))
  const ended = once(stream, 'end')
  warm()
  await ended
  expect(body).toBe('42')
  session.close()
})
