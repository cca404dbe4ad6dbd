import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, constants, createSecureServer, createServer } from 'node:http2'
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2'
import { connect as connectTcp } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'

import { CERTIFICATE } from '@tidegate/certificate'
import { afterEach, describe, expect, test } from 'vitest'

import { createLifecycle } from '../../src/index.ts'
import type { Dependency, Lifecycle, ShutdownOptions } from '../../src/index.ts'

type Http2 = Http2Server | Http2SecureServer

let lifecycle: Lifecycle
let server: Http2
let session: ClientHttp2Session
let held: ServerHttp2Stream[]

function answer(stream: ServerHttp2Stream, path: string | undefined): void {
  if (path === '/slow') held.push(stream)
  else respond(stream, `answer to ${path}`)
}

function respond(stream: ServerHttp2Stream, text: string): void {
  stream.respond({ ':status': 200 })
  stream.end(text)
}

const KINDS = {
  'cleartext, stream listeners only': () =>
    createServer().on('stream', (stream, headers) => answer(stream, headers[':path'])),
  'cleartext, the compatibility layer': () => createServer((request, response) => answer(response.stream, request.url)),
  'secure, stream listeners only': () =>
    createSecureServer(CERTIFICATE).on('stream', (stream, headers) => answer(stream, headers[':path'])),
  'secure with HTTP/1.1 allowed': () =>
    createSecureServer({ ...CERTIFICATE, allowHTTP1: true }, (request, response) => {
      if (request.httpVersionMajor === 2) answer(response.stream, request.url)
      else response.end(`answer to ${request.url}`)
    }),
}

async function serve(
  make: () => Http2,
  shutdown: ShutdownOptions = {},
  dependencies: readonly Dependency[] = [],
): Promise<void> {
  held = []
  lifecycle = createLifecycle({ dependencies, shutdown: { signals: false, linger: 100, ...shutdown }, logger: false })
  server = await lifecycle.listen(make(), 0)
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  session = connect(`${scheme}://localhost:${(server.address() as AddressInfo).port}`, { ca: CERTIFICATE.cert })
  session.on('error', () => {})
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

async function ask(path: string, method = 'GET'): Promise<Answer> {
  const request = session.request({ ':path': path, ':method': method })
  let body = ''
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
  const ended = once(request, 'close')
  const [headers] = (await once(request, 'response')) as [IncomingHttpHeaders & { ':status': number }]
  await ended
  return { status: headers[':status'], body, headers }
}

function reached(step: string): Promise<void> {
  return new Promise((resolve) => {
    lifecycle.on('drain', (event) => {
      if (event.step === step) resolve()
    })
  })
}

/** Resolves when the server holds a stream that the test is to answer. */
async function holding(): Promise<ServerHttp2Stream> {
  while (held.length === 0) await once(server, 'stream')
  return held[0] as ServerHttp2Stream
}

afterEach(async () => {
  session.destroy()
  await lifecycle.shutdown()
})

describe.each(Object.entries(KINDS))('HTTP/2, %s', (_, make) => {
  test('probes are answered and the application is served', async () => {
    await serve(make)

    expect((await ask('/')).body).toBe('answer to /')
    const probe = await ask('/healthz?x=1')
    expect(probe).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    expect(JSON.parse(probe.body)).toMatchObject({ status: 'pass' })
    expect(await ask('/healthz', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  test('the application is refused while warming', async () => {
    await serve(make, {}, [{ name: 'slow', warmUp: () => new Promise(() => {}) }])

    expect(await ask('/')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    expect((await ask('/livez')).status).toBe(200)
  })

  test('a stream in flight is answered after the GOAWAY, and its session ends', async () => {
    await serve(make)
    const goaway = once(session, 'goaway')
    const closed = once(session, 'close')
    const slow = ask('/slow')
    const stream = await holding()

    const stopped = lifecycle.shutdown()
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR)
    await reached('linger-over')
    respond(stream, 'slow answer')

    expect((await slow).body).toBe('slow answer')
    await closed
    expect(await stopped).toMatchObject({
      requests: { inFlight: 1, finished: 1, cut: 0 },
      connections: { open: 1, cut: 0 },
      exitCode: 0,
    })
    expect(server.listening).toBe(false)
  })

  test('an idle session is told to go when the listener closes', async () => {
    await serve(make, { linger: 5_000 })
    await ask('/')
    const goaway = once(session, 'goaway')

    const record = await lifecycle.shutdown()

    await goaway
    // Without waiting for the linger.
    expect(record.durationMs).toBeLessThan(5_000)
  })

  test('a session that has asked for nothing yet is served during the linger', async () => {
    await serve(make, { linger: 2_000 })
    await once(session, 'connect')
    await once(session, 'remoteSettings')

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')

    expect((await ask('/first')).body).toBe('answer to /first')
    expect((await stopped).requests).toMatchObject({ finished: 1, cut: 0 })
  })

  test('a stream that hangs is destroyed at the deadline and counted', async () => {
    await serve(make, { requests: 200 })
    const closed = once(session, 'close')
    ask('/slow').catch(() => {})
    await holding()

    const record = await lifecycle.shutdown()

    await closed
    expect(record).toMatchObject({ requests: { cut: 1 }, connections: { cut: 1 }, exitCode: 1 })
  })

  test('a stream whose client resets it is neither finished nor cut', async () => {
    await serve(make)
    const request = session.request({ ':path': '/slow' })
    request.on('error', () => {})
    const stream = await holding()

    const stopped = lifecycle.shutdown()
    const reset = once(stream, 'close')
    request.close(constants.NGHTTP2_CANCEL)
    await reset

    expect((await stopped).requests).toEqual({ inFlight: 1, finished: 0, refused: 0, rejected: 0, cut: 0, lost: 0 })
  })
})

test('a TCP connection to a cleartext server that never speaks ends with the linger', async () => {
  await serve(KINDS['cleartext, stream listeners only'])
  await ask('/')
  const accepted = once(server, 'connection')
  const silent = connectTcp((server.address() as AddressInfo).port, '127.0.0.1')
  silent.resume()
  const closed = once(silent, 'close')
  await accepted

  const record = await lifecycle.shutdown()

  await closed
  expect(record).toMatchObject({ connections: { open: 2, cut: 0 }, exitCode: 0 })
})

test('HTTP/1.1 on a server that allows it drains as HTTP/1.1 does', async () => {
  await serve(KINDS['secure with HTTP/1.1 allowed'])
  const { request } = await import('node:https')
  const asked = request({
    port: (server.address() as AddressInfo).port,
    host: 'localhost',
    path: '/one',
    ca: CERTIFICATE.cert,
    agent: false,
  })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  expect(response.httpVersion).toBe('1.1')
  response.resume()
  await once(response, 'end')

  expect(await lifecycle.shutdown()).toMatchObject({ connections: { cut: 0 }, exitCode: 0 })
})

test('several servers are drained by one lifecycle', async () => {
  await serve(KINDS['cleartext, stream listeners only'])
  const { createServer: createHttp } = await import('node:http')
  const other = await lifecycle.listen(
    createHttp((_request: IncomingMessage, response: ServerResponse) => response.end('served')),
    0,
  )
  expect((await fetch(`http://localhost:${(other.address() as AddressInfo).port}/healthz`)).status).toBe(200)
  await ask('/')

  await lifecycle.shutdown()

  expect([server.listening, other.listening]).toEqual([false, false])
})

test('an event stream has its moment between its end and the cut, however late a blocked loop comes to them', async () => {
  await serve(KINDS['cleartext, stream listeners only'], { longLived: 300 })
  const request = session.request({ ':path': '/slow', accept: 'text/event-stream' })
  const ended = once(request, 'end')
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve))
  held[0]?.respond({ ':status': 200 })
  await once(request, 'response')
  // More than the client takes before it reads: the end has to wait behind it.
  held[0]?.write(Buffer.alloc(150_000))

  const closing = new Promise((resolve) => lifecycle.on('drain', resolve))
  const stopped = lifecycle.shutdown()
  await closing
  const until = performance.now() + 600
  while (performance.now() < until);
  request.resume()

  expect(await stopped).toMatchObject({ longLived: { open: 1, ended: 1, cut: 0 } })
  await ended
  expect(request.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
})

test('a session whose client is frozen is destroyed at the deadline, and the drain is over', async () => {
  await serve(KINDS['cleartext, the compatibility layer'], { requests: 300, longLived: 300 })
  session.destroy()
  const { port } = server.address() as AddressInfo
  // Says that it speaks HTTP/2, and never anything again: it does not even close its side.
  const client = connectTcp({ port, host: 'localhost', allowHalfOpen: true })
  client.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0', 'latin1')
  await once(client, 'data')

  const record = await lifecycle.shutdown()

  expect(record).toMatchObject({ requests: { cut: 0 }, exitCode: 0 })
  client.destroy()
})

interface Asked {
  readonly request: ClientHttp2Stream
  readonly stream: ServerHttp2Stream
  /** Resolves with the code of its end. */
  readonly code: Promise<number>
}

/** Asks for what the test is to answer, and resolves when the server holds it; nothing of the answer is read. */
async function askSlow(headers: OutgoingHttpHeaders = {}): Promise<Asked> {
  const count = held.length
  const request = session.request({ ':path': '/slow', ...headers }, { endStream: headers[':method'] === undefined })
  request.on('error', () => {})
  const code = new Promise<number>((resolve) => request.once('close', () => resolve(request.rstCode)))
  await expect.poll(() => held.length).toBe(count + 1)
  return { request, stream: held[count] as ServerHttp2Stream, code }
}

const EVENTS = { accept: 'text/event-stream' }

/** More than a client takes before it reads. */
const LARGE = Buffer.alloc(2_000_000)

const codeOf = async ({ request, code }: Asked): Promise<number> => {
  request.resume()
  return code
}

describe.each(['cleartext, stream listeners only', 'cleartext, the compatibility layer'] as const)(
  'HTTP/2, what is left on a session at a deadline, %s',
  (kind) => {
    const make = KINDS[kind]

    test('a request goes on when an event stream beside it is cut', async () => {
      await serve(make, { longLived: 300 })
      const events = await askSlow(EVENTS)
      const ordinary = await askSlow()

      const stopped = lifecycle.shutdown()
      await reached('deadline')
      expect(await codeOf(events)).toBe(constants.NGHTTP2_INTERNAL_ERROR)
      const body = textOf(ordinary.request)
      respond(ordinary.stream, 'whole')

      expect(await body).toBe('whole')
      const record = await stopped
      expect(record).toMatchObject({
        requests: { inFlight: 1, finished: 1, cut: 0, lost: 0 },
        longLived: { open: 1, ended: 0, cut: 1 },
        connections: { open: 1, cut: 0 },
        cut: [{ kind: 'long-lived', route: 'GET /slow', peer: expect.stringContaining(':') }],
        exitCode: 0,
      })
    })

    test('an event stream goes on when requests beside it are cut, and no answer that was cut looks whole', async () => {
      await serve(make, { requests: 300, longLived: '10s' })
      const events = await askSlow(EVENTS)
      const silent = await askSlow()
      const half = await askSlow()
      const ended = await askSlow()
      half.stream.respond({ ':status': 200 })
      half.stream.write('half')
      ended.stream.respond({ ':status': 200 })
      ended.stream.end(LARGE)

      const stopped = lifecycle.shutdown()
      await reached('deadline')
      const written = new Promise<void>((resolve) => half.stream.write('more', () => resolve()))
      for (const asked of [silent, half, ended]) {
        expect(await codeOf(asked)).toBe(constants.NGHTTP2_INTERNAL_ERROR)
      }
      await written
      const body = textOf(events.request)
      events.stream.respond({ ':status': 200 })
      events.stream.end('data: bye')

      expect(await body).toBe('data: bye')
      expect(await stopped).toMatchObject({
        requests: { inFlight: 3, finished: 0, cut: 3, lost: 0 },
        longLived: { open: 1, ended: 0, cut: 0 },
        connections: { open: 1, cut: 0 },
        exitCode: 1,
      })
    })

    test('a session with nothing else on it is destroyed', async () => {
      await serve(make, { longLived: 300 })
      await askSlow(EVENTS)

      expect(await lifecycle.shutdown()).toMatchObject({ longLived: { cut: 1 }, connections: { cut: 1 } })
    })
  },
)

describe('HTTP/2, an answer that its client has not read to its end', () => {
  async function flowControlled(): Promise<Asked> {
    const asked = await askSlow()
    asked.stream.respond({ ':status': 200 })
    asked.stream.end(LARGE)
    await once(asked.request, 'response')
    return asked
  }

  test('is cut at the deadline, and not finished', async () => {
    await serve(KINDS['cleartext, stream listeners only'], { requests: 300, longLived: 300 })
    await flowControlled()

    const { requests, exitCode } = await lifecycle.shutdown()

    expect(requests).toMatchObject({ inFlight: 1, finished: 0, cut: 1, lost: 0 })
    expect(exitCode).toBe(1)
  })

  test('is lost when the application destroys its session, as is one that was not begun', async () => {
    await serve(KINDS['cleartext, stream listeners only'])
    const { stream } = await flowControlled()
    await askSlow()
    await askSlow(EVENTS)

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    stream.session?.destroy()

    expect(await stopped).toMatchObject({
      requests: { inFlight: 2, finished: 0, cut: 0, lost: 2 },
      longLived: { open: 1, ended: 0, cut: 0 },
      cut: [
        { kind: 'lost', route: 'GET /slow' },
        { kind: 'lost', route: 'GET /slow' },
      ],
      exitCode: 1,
    })
  })

  test.each(['session', 'stream'])('is neither when its client gives the %s up', async (what) => {
    await serve(KINDS['cleartext, stream listeners only'])
    const { request } = await flowControlled()

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    if (what === 'session') session.destroy()
    else request.close(constants.NGHTTP2_CANCEL)

    expect((await stopped).requests).toMatchObject({ inFlight: 1, finished: 0, cut: 0, lost: 0 })
  })
})

test.each(['reads on', 'has paused'])(
  'an answer ahead of its upload waits for that as long as the linger, and is whole; its handler %s',
  async (how) => {
    await serve(KINDS['cleartext, stream listeners only'])
    const { request, stream, code } = await askSlow({ ':method': 'POST' })
    request.write('half an upload')
    await once(stream, 'data')
    if (how === 'has paused') stream.pause()
    const steps: string[] = []
    lifecycle.on('drain', ({ step }) => steps.push(step))

    const stopped = lifecycle.shutdown()
    const body = textOf(request)
    respond(stream, 'too large')

    expect(await body).toBe('too large')
    expect(await code).toBe(constants.NGHTTP2_NO_ERROR)
    expect(await stopped).toMatchObject({
      requests: { inFlight: 1, finished: 1, cut: 0 },
      connections: { cut: 0 },
      exitCode: 0,
    })
    expect(steps).not.toContain('deadline')
  },
)

test('an upload may end within the linger, whose handler reads it behind its answer', async () => {
  await serve(KINDS['cleartext, stream listeners only'], { linger: '5s' })
  const { request, stream } = await askSlow({ ':method': 'POST' })
  const upload = textOf(stream)

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  const body = textOf(request)
  respond(stream, 'accepted')
  expect(await once(request, 'end').then(() => body)).toBe('accepted')
  request.end('a late upload')

  expect(await upload).toBe('a late upload')
  expect((await stopped).requests).toMatchObject({ finished: 1, cut: 0 })
})

test.each([
  ['CONNECT db:5432', { ':method': 'CONNECT', ':authority': 'db:5432' }],
  ['CONNECT /chat', { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat?token=secret' }],
])('%s is long-lived', async (route, headers) => {
  await serve(() => createServer({ settings: { enableConnectProtocol: true } }).on('stream', (one) => held.push(one)), {
    longLived: 300,
  })
  await once(session, 'remoteSettings')
  const request = session.request(headers)
  request.on('error', () => {})
  await holding()

  expect(await lifecycle.shutdown()).toMatchObject({
    requests: { inFlight: 0, cut: 0 },
    longLived: { open: 1, ended: 0, cut: 1 },
    cut: [{ kind: 'long-lived', route }],
    exitCode: 0,
  })
})
