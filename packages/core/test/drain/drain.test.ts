import { once } from 'node:events'
import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

import { afterEach, describe, expect, test } from 'vitest'

import { createDeferred } from '../../src/deferred.ts'
import { createLifecycle } from '../../src/index.ts'
import type { DrainRecord, Lifecycle, ShutdownOptions } from '../../src/index.ts'
import { connectRaw, get } from '../support/raw-client.ts'
import type { RawClient } from '../support/raw-client.ts'

const NOTHING: ShutdownOptions = { signals: false, linger: false, gracePeriod: '20s' }

let lifecycle: Lifecycle
let server: Server

async function serve(handler: RequestListener, shutdown: ShutdownOptions = NOTHING): Promise<void> {
  lifecycle = createLifecycle({ shutdown, logger: false })
  server = await lifecycle.listen(handler, 0)
}

/** Resolves when the drain has come to `step`. */
function reached(step: string): Promise<void> {
  return new Promise((resolve) => {
    const end = lifecycle.on('drain', (event) => {
      if (event.step !== step) return
      end()
      resolve()
    })
  })
}

/** A handler that hands every response to the test. */
function holding(): { handler: RequestListener; next(): Promise<ServerResponse> } {
  const held: ServerResponse[] = []
  let wake = (): void => {}
  return {
    handler(_request, response) {
      held.push(response)
      wake()
    },
    async next() {
      if (held.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return held.shift() as ServerResponse
    },
  }
}

/** A server, and a client whose request its handler has not answered yet. */
async function inFlight(shutdown?: ShutdownOptions): Promise<{ client: RawClient; response: ServerResponse }> {
  const { handler, next } = holding()
  await serve(handler, shutdown)
  const client = await connectRaw(server)
  client.send(get('/'))
  return { client, response: await next() }
}

const countsOf = ({ requests, connections: { open, cut } }: DrainRecord) => ({ requests, connections: { open, cut } })

afterEach(async () => {
  await lifecycle.shutdown()
  expect(server.listening).toBe(false)
})

describe('a request in flight', () => {
  test('is answered with a close header, and its connection ends after it', async () => {
    const { client, response } = await inFlight()

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    response.end('whole')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close/i)
    expect(client.received).toMatch(/whole$/)
    expect(countsOf(await stopped)).toEqual({
      requests: { inFlight: 1, finished: 1, refused: 0, rejected: 0, cut: 0, lost: 0 },
      connections: { open: 1, cut: 0 },
    })
  })

  test('with its headers already out ends whole, and its connection with the linger', async () => {
    const { client, response } = await inFlight()
    response.write('first ')
    await client.hear('first ')

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    response.end('last')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: keep-alive/i)
    expect(client.received).toMatch(/last\r\n0\r\n\r\n$/)
    expect((await stopped).requests.finished).toBe(1)
  })

  test('reaches a slow reader whole, though it was ended before the drain', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024)
    const { handler, next } = holding()
    await serve(handler)
    const client = await connectRaw(server)
    client.socket.pause()
    client.send(get('/'))
    const response = await next()
    response.end(body)

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    client.socket.resume()

    expect(await client.closed).toBe('end')
    expect(client.received.length).toBeGreaterThan(body.length)
    expect((await stopped).requests).toMatchObject({ finished: 1, cut: 0 })
  })

  test('is destroyed at the deadline, and counted', async () => {
    const { client } = await inFlight({ ...NOTHING, requests: 100 })

    const record = await lifecycle.shutdown()

    await client.closed
    expect(client.received).toBe('')
    expect(countsOf(record)).toEqual({
      requests: { inFlight: 1, finished: 0, refused: 0, rejected: 0, cut: 1, lost: 0 },
      connections: { open: 1, cut: 1 },
    })
    expect(record.exitCode).toBe(1)
  })

  test('whose client leaves is neither finished nor cut', async () => {
    const { client } = await inFlight()

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.socket.destroy()

    expect((await stopped).requests).toEqual({ inFlight: 1, finished: 0, refused: 0, rejected: 0, cut: 0, lost: 0 })
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ['setHeader', (response) => response.setHeader('Connection', 'keep-alive')],
    ['an object', (response) => response.writeHead(200, { connection: 'keep-alive', 'x-own': 'yes' })],
    ['a list', (response) => response.writeHead(200, ['Connection', 'keep-alive', 'X-Own', 'yes'])],
  ])('that says keep-alive itself, by %s, still tells its client to go', async (_, sayKeepAlive) => {
    const { client, response } = await inFlight()

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    sayKeepAlive(response)
    response.end('kept')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close/i)
    expect(client.received).not.toMatch(/connection: keep-alive/i)
    await stopped
  })
})

describe('pipelined requests', () => {
  test('are all answered, the last one with the close header', async () => {
    const { handler, next } = holding()
    await serve(handler)
    const client = await connectRaw(server)
    client.send(get('/1') + get('/2') + get('/3'))
    const responses = [await next(), await next(), await next()]

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    for (const [index, response] of responses.entries()) response.end(`answer ${index + 1};`)

    expect(await client.closed).toBe('end')
    expect(client.received.match(/answer \d;/g)).toEqual(['answer 1;', 'answer 2;', 'answer 3;'])
    expect(client.received.match(/connection: [\w-]+/gi)).toEqual([
      expect.stringMatching(/keep-alive/i),
      expect.stringMatching(/keep-alive/i),
      expect.stringMatching(/close/i),
    ])
    expect((await stopped).requests.finished).toBe(3)
  })

  test('that come behind one already marked take the mark over', async () => {
    const { handler, next } = holding()
    await serve(handler)
    const client = await connectRaw(server)
    client.send(get('/1'))
    const first = await next()
    const stopped = lifecycle.shutdown()
    await reached('listener-closed')

    client.send(get('/2'))
    const second = await next()
    first.end('answer 1;')
    second.end('answer 2;')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/keep-alive[^]*answer 1;[^]*close[^]*answer 2;$/i)
    expect((await stopped).requests.finished).toBe(2)
  })

  test('that come behind a close header never reach the application', async () => {
    const { handler, next } = holding()
    await serve(handler)
    const client = await connectRaw(server)
    const other = await connectRaw(server)
    client.send(get('/1'))
    const first = await next()
    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    first.write('begun ')
    await client.hear('begun ')

    client.send(get('/2'))
    // What another client sends after it is read in the same poll phase or a later one.
    other.send(get('/other'))
    const otherResponse = await next()
    await new Promise((resolve) => setImmediate(resolve))
    otherResponse.end()
    first.end('ended')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/ended\r\n0\r\n\r\n$/)
    expect((await stopped).requests).toMatchObject({ finished: 2, refused: 1 })
  })
})

test('pipelined requests of a client that writes no space behind a colon are all answered too', async () => {
  await serve((request, response) => response.end(`answer to ${request.url};`), { ...NOTHING, linger: 100 })
  const client = await connectRaw(server)

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  client.send('GET /1 HTTP/1.1\r\nHost:test\r\nX-1:1\r\n\r\nGET /2 HTTP/1.1\r\nHost:test\r\n\r\n')

  expect(await client.closed).toBe('end')
  expect(client.received.match(/answer to \/\d;/g)).toEqual(['answer to /1;', 'answer to /2;'])
  expect((await stopped).requests).toMatchObject({ finished: 2, refused: 0 })
})

test('the last of many pipelined requests that are answered at different times says close', async () => {
  const { handler, next } = holding()
  await serve(
    (request, response) => {
      if (request.url === '/at-once') response.end('answer;')
      else handler(request, response)
    },
    { ...NOTHING, linger: '5s' },
  )
  const client = await connectRaw(server)

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  client.send(get('/1') + get('/2'))
  const [first, second] = [await next(), await next()]
  first.end('answer;')
  await client.hear('answer;')
  client.send(get('/at-once'))
  await once(server, 'request')
  second.end('answer;')

  expect(await client.closed).toBe('end')
  expect(client.received.match(/answer;/g)).toHaveLength(3)
  expect(client.received.match(/connection: close/gi)).toHaveLength(1)
  expect((await stopped).requests).toMatchObject({ finished: 3, refused: 0 })
})

test.each([
  ['in the linger', 2],
  ['in the linger', 5],
  ['in the lame duck', 5],
])(
  'pipelined uploads that came %s are all answered, also by a handler that reads none of the %i',
  async (when, count) => {
    await serve((request, response) => response.writeHead(401).end(`no to ${request.url};`), {
      ...NOTHING,
      linger: '5s',
    })
    const client = await connectRaw(server)
    client.send(get('/first'))
    await client.hear('no to /first;')
    const paths = Array.from({ length: count }, (_, index) => `/${index}`)
    const uploads = paths.map((path) => `POST ${path} HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello`)

    const stopped = lifecycle.shutdown(when === 'in the lame duck' ? { lameDuck: 1_000 } : {})
    if (when === 'in the linger') await reached('listener-closed')
    client.send(uploads.join(''))

    expect(await client.closed).toBe('end')
    expect(client.received.match(/no to \/\d;/g)).toEqual(paths.map((path) => `no to ${path};`))
    expect(client.received.match(/connection: close/gi)).toHaveLength(1)
    expect((await stopped).requests).toMatchObject({ finished: count, refused: 0, cut: 0 })
  },
)

test.each([
  ['before the drain', '/1'],
  ['in the lame duck', '/2'],
])('pipelined requests that came %s are all answered, also by a handler that answers at once', async (when) => {
  await serve((request, response) => response.end(`answer to ${request.url};`))
  const client = await connectRaw(server)
  client.send(get('/first'))
  await client.hear('answer to /first;')

  const pipelined = get('/1') + get('/2') + get('/3')
  if (when === 'before the drain') client.send(pipelined)
  const stopped = lifecycle.shutdown({ lameDuck: 1_000 })
  if (when === 'in the lame duck') client.send(pipelined)

  expect(await client.closed).toBe('end')
  expect(client.received.match(/answer to \/\d;/g)).toEqual(['answer to /1;', 'answer to /2;', 'answer to /3;'])
  expect(client.received.match(/connection: close/gi)).toHaveLength(1)
  expect((await stopped).requests).toMatchObject({ refused: 0, rejected: 0, cut: 0 })
})

test('a pipeline whose client has left is in flight no more', async () => {
  const { handler, next } = holding()
  await serve(handler)
  const client = await connectRaw(server)
  client.send(get('/1') + get('/2') + get('/3'))
  const first = await next()
  await next()
  await next()
  const gone = once(first.req.socket, 'close')
  client.socket.destroy()
  await gone

  expect((await lifecycle.shutdown()).requests).toEqual({
    inFlight: 0,
    finished: 0,
    refused: 0,
    rejected: 0,
    cut: 0,
    lost: 0,
  })
})

describe('an idle connection', () => {
  const LINGERING: ShutdownOptions = { ...NOTHING, linger: 400 }

  test('is served one last request during the linger, with a close header', async () => {
    await serve((request, response) => response.end(`answer to ${request.url}`), LINGERING)
    const client = await connectRaw(server)
    client.send(get('/first'))
    await client.hear('answer to /first')

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(get('/last'))

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close[^]*answer to \/last$/i)
    expect((await stopped).requests.finished).toBe(1)
  })

  test('that was never used is served too', async () => {
    await serve((_request, response) => response.end('served'), LINGERING)
    const client = await connectRaw(server)

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(get('/'))

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/served$/)
    await stopped
  })

  test('is left open while an ordinary request is in flight, and ended after it', async () => {
    const { handler, next } = holding()
    await serve(handler, { ...LINGERING, linger: 50 })
    const busy = await connectRaw(server)
    const idle = await connectRaw(server)
    busy.send(get('/slow'))
    const response = await next()

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    idle.send(get('/last'))
    const last = await next()
    last.end('served')
    expect(await idle.closed).toBe('end')
    expect(idle.received).toMatch(/served$/)

    response.end('done')
    expect(await busy.closed).toBe('end')
    await stopped
  })

  test('is ended without a word when the linger is over', async () => {
    await serve((_request, response) => response.end('served'), { ...LINGERING, linger: 50 })
    const used = await connectRaw(server)
    used.send(get('/'))
    await used.hear('served')
    const unused = await connectRaw(server)
    const before = used.received

    await lifecycle.shutdown()

    expect([await used.closed, await unused.closed]).toEqual(['end', 'end'])
    expect([used.received, unused.received]).toEqual([before, ''])
  })

  test('is left to its answer when a request has come before its turn to be ended', async () => {
    const { handler, next } = holding()
    await serve(handler, { ...LINGERING, linger: 50 })
    const idle = await Promise.all(Array.from({ length: 20 }, async () => connectRaw(server)))
    const chosen = idle[10] as RawClient

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    chosen.send(get('/'))
    const response = await next()
    // The others end one by one, those whose turn is after its own too.
    await Promise.all(idle.filter((client) => client !== chosen).map(async ({ closed }) => closed))
    response.end('served')

    expect(await chosen.closed).toBe('end')
    expect(chosen.received).toMatch(/connection: close[^]*served$/i)
    expect((await stopped).requests).toMatchObject({ finished: 1, refused: 0 })
  })

  test.each([
    ['behind which a stray line break came', get('/'), '\r\n'],
    [
      'whose answer came before the end of its upload',
      'POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 99\r\n\r\none ',
      'two ',
    ],
  ])('%s is ended without a word', async (_, request, later) => {
    await serve((_request, response) => response.end('served'), { ...LINGERING, linger: 50 })
    const client = await connectRaw(server)
    client.send(request)
    await client.hear('served')
    client.send(later)
    // What else was sent has been read when another client is answered.
    const marker = await connectRaw(server)
    marker.send(get('/'))
    await marker.hear('served')

    await lifecycle.shutdown()

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/served$/)
  })

  test.each([
    ['only Node itself', ''],
    ['Node itself, behind the application,', get('/')],
  ])('to which %s has answered is ended without a word', async (_who, before) => {
    await serve((_request, response) => response.end('served'), { ...LINGERING, linger: 50 })
    const client = await connectRaw(server)
    client.send(before)
    if (before !== '') await client.hear('served')
    client.send(get('/', 'Expect: a miracle'))
    await client.hear('0\r\n\r\n')

    await lifecycle.shutdown()

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/HTTP\/1.1 417 [^]*\r\n\r\n0\r\n\r\n$/)
  })

  test('with half a header is answered 408 when the linger is over', async () => {
    await serve((_request, response) => response.end('served'), { ...LINGERING, linger: 50 })
    const fresh = await connectRaw(server)
    const used = await connectRaw(server)
    used.send(get('/'))
    await used.hear('served')
    fresh.send('GET / HTTP/1.1\r\nHost: te')
    used.send('GET / HT')
    // Its answer comes after both halves were read.
    const marker = await connectRaw(server)
    marker.send(get('/'))
    await marker.hear('served')

    await lifecycle.shutdown()

    expect([await fresh.closed, await used.closed]).toEqual(['end', 'end'])
    expect(fresh.received).toMatch(/^HTTP\/1.1 408 /)
    expect(used.received).toMatch(/servedHTTP\/1.1 408 /)
  })
})

describe('an upload', () => {
  const post = (length: number): string => `POST / HTTP/1.1\r\nHost: test\r\nContent-Length: ${length}\r\n\r\n`

  test('in flight is read to its end and answered with a close header', async () => {
    await serve((request, response) => {
      let length = 0
      request.on('data', (chunk: Buffer) => (length += chunk.length))
      request.on('end', () => response.end(`read ${length}`))
    })
    const client = await connectRaw(server)
    const requested = once(server, 'request')
    client.send(post(10) + 'hello')
    await requested

    const stopped = lifecycle.shutdown()
    await reached('linger-over')
    client.send('world')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close[^]*read 10$/i)
    await stopped
  })

  test.each([
    ['at once', (respond: () => void) => respond()],
    ['later', (respond: () => void) => setImmediate(respond)],
  ])('that is all here is told to go by a handler that does not read it and answers %s', async (_, when) => {
    await serve((_request, response) => when(() => response.end('served')), { ...NOTHING, linger: 400 })
    const client = await connectRaw(server)
    client.send(get('/'))
    await client.hear('served')

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(post(5) + 'hello')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close[^]*served$/i)
    await stopped
  })

  test.each([
    ['in chunks, all of it here', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n', ''],
    ['in chunks, still coming', 'Transfer-Encoding: chunked', '5\r\nhello\r\n', '0\r\n\r\n'],
    ['still coming', 'Content-Length: 5', '', 'hello'],
    ['of a client that writes no space behind a colon', 'Content-Length:5', 'hello', ''],
    ['of a client that writes more than one space behind a colon', 'Content-Length:     5', 'hello', ''],
  ])('%s is told to go by a handler that answers at once', async (_, field, now, later) => {
    await serve((_request, response) => response.end('served'), { ...NOTHING, linger: '5s' })
    const client = await connectRaw(server)

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(`POST / HTTP/1.1\r\nHost: test\r\n${field}\r\n\r\n${now}`)
    await client.hear('served')
    client.send(later)

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/connection: close[^]*served$/i)
    const { requests, durationMs } = await stopped
    expect(requests).toMatchObject({ finished: 1, refused: 0 })
    expect(durationMs, 'the connection has stayed open for the linger').toBeLessThan(5_000)
  })

  test('of a client whose body always comes after its answer is told to go with its first answer of the drain', async () => {
    await serve((_request, response) => response.end('served'), { ...NOTHING, linger: '5s' })
    const client = await connectRaw(server)
    client.send(post(100))
    await client.hear('served')
    client.send('x'.repeat(100))

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(post(5))
    await client.hear('served', 2)
    client.send('hello')

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/keep-alive[^]*served[^]*connection: close[^]*served$/i)
    await stopped
  })

  test('behind which another request comes, after an answer that has said close, is the last that is served', async () => {
    let begun = 0
    await serve(
      (_request, response) => {
        begun++
        response.end('served')
      },
      { ...NOTHING, linger: '5s' },
    )
    const client = await connectRaw(server)

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(post(5))
    await client.hear('served')
    client.send('hello' + get('/behind'))

    expect(await client.closed).toBe('end')
    expect(begun).toBe(1)
    expect((await stopped).requests).toMatchObject({ finished: 1, refused: 1 })
  })

  test('that never comes to its end after its answer is waited for no longer than the linger', async () => {
    await serve((_request, response) => response.end('served'), { ...NOTHING, linger: 100 })
    const client = await connectRaw(server)

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(post(5))
    await client.hear('served')

    expect(await client.closed).toBe('end')
    expect((await stopped).durationMs).toBeLessThan(5_000)
  })

  test('that the application reads on in its own time after its answer is left to it', async () => {
    let overlaps = 0
    let isBusy = false
    const read = createDeferred<number>()
    await serve(
      (request, response) => {
        let length = 0
        request.on('data', (chunk: Buffer) => {
          if (isBusy) overlaps++
          isBusy = true
          length += chunk.length
          request.pause()
          setTimeout(() => {
            isBusy = false
            request.resume()
          }, 5)
        })
        request.on('end', () => read.resolve(length))
        response.writeHead(202).end('accepted')
      },
      { ...NOTHING, linger: '5s' },
    )
    const client = await connectRaw(server)

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    client.send(post(500_000))
    client.send('x'.repeat(500_000))

    expect(await read.promise).toBe(500_000)
    expect(overlaps).toBe(0)
    await stopped
  })

  test('answered before its end is not cut: the answer arrives, the rest is read', async () => {
    const { handler, next } = holding()
    await serve(handler, { ...NOTHING, linger: 500 })
    const client = await connectRaw(server)
    const chunk = 'x'.repeat(64 * 1024)
    client.send(post(20 * chunk.length) + chunk)
    const response = await next()

    const stopped = lifecycle.shutdown()
    await reached('listener-closed')
    response.writeHead(413).end('too large')
    for (let sent = 1; sent < 20; sent++) client.send(chunk)

    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/413[^]*connection: close[^]*too large\r\n0\r\n\r\n$/i)
    expect((await stopped).requests).toMatchObject({ finished: 1, cut: 0 })
  })
})

test.each([
  ['at once', 0],
  ['by a loop that comes late to everything', 10],
])('connections waiting in the accept queue are accepted and served, %s', async (_how, blockedMs) => {
  await serve((_request, response) => {
    const end = performance.now() + blockedMs
    while (performance.now() < end);
    response.end('served')
  })
  const clients = Array.from({ length: 50 }, async () => {
    const client = await connectRaw(server)
    client.send(get('/'))
    return client
  })

  // In the same turn: the kernel has completed the handshakes, and the loop has accepted none.
  const stopped = lifecycle.shutdown()

  const heard = await Promise.all(
    clients.map(async (client) => (await client).closed.then(async () => (await client).received)),
  )
  expect(heard.filter((text) => text.endsWith('served'))).toHaveLength(50)
  await stopped
})

test('in the lame duck everybody is served; only connections from before it are told to go', async () => {
  await serve((_request, response) => response.end('served'))
  const early = await connectRaw(server)
  early.send(get('/'))
  await early.hear('served')

  const stopped = lifecycle.shutdown({ lameDuck: 1500 })
  early.send(get('/'))
  expect(await early.closed).toBe('end')
  expect(early.received).toMatch(/served[^]*connection: close[^]*served$/i)

  const late = await connectRaw(server)
  late.send(get('/'))
  await late.hear('served')
  expect(late.received).toMatch(/connection: keep-alive/i)
  expect(lifecycle.phase).toBe('draining')
  expect((await stopped).lameDuck).toMatchObject({ plannedMs: 1500, why: 'asked for by shutdown()' })
})

test('an upgraded connection is left to the application, and ended at the limit of what is long-lived', async () => {
  await serve(() => {}, { ...NOTHING, longLived: 200 })
  server.on('upgrade', (_request, socket) => socket.write('upgraded'))
  const client = await connectRaw(server)
  client.send(get('/', 'Connection: Upgrade', 'Upgrade: test'))
  await client.hear('upgraded')

  const record = await lifecycle.shutdown()

  expect(await client.closed).toBe('end')
  expect(record).toMatchObject({
    requests: { inFlight: 0, cut: 0 },
    longLived: { open: 1, ended: 1, cut: 0 },
    connections: { open: 1, upgraded: 1, cut: 0 },
    exitCode: 0,
  })
})

test('a checkContinue listener that hands on to request is counted once', async () => {
  await serve((request, response) => {
    request.resume()
    request.on('end', () => response.end('served'))
  })
  server.on('checkContinue', (request, response: ServerResponse) => {
    response.writeContinue()
    server.emit('request', request, response)
  })
  const client = await connectRaw(server)
  client.send('POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
  await client.hear('100 Continue')

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  client.send('hello')

  expect(await client.closed).toBe('end')
  expect(client.received).toMatch(/connection: close[^]*served$/i)
  expect((await stopped).requests).toEqual({ inFlight: 1, finished: 1, refused: 0, rejected: 0, cut: 0, lost: 0 })
})

test('the server says close once, and is as it was', async () => {
  lifecycle = createLifecycle({ shutdown: NOTHING, logger: false })
  server = createServer((_request, response) => response.end('served'))
  let closes = 0
  server.on('close', () => closes++)
  await lifecycle.listen(server, 0)
  const client = await connectRaw(server)
  client.send(get('/'))
  await client.hear('served')

  await lifecycle.shutdown()
  await new Promise((resolve) => setImmediate(resolve))

  expect(closes).toBe(1)
})

test('a request read in the turn in which its connection became idle is served', async () => {
  const { handler, next } = holding()
  await serve(handler)
  const client = new Pipe()
  server.emit('connection', client)
  client.push(get('/1'))
  const first = await next()
  first.write('first ')

  const stopped = lifecycle.shutdown()
  await reached('linger-over')
  first.on('close', () => client.push(get('/2')))
  first.end()
  const second = await next()
  second.end('served')

  await once(client, 'finish')
  expect(client.written).toMatch(/connection: close[^]*served$/i)
  client.destroy()
  expect((await stopped).requests).toEqual({ inFlight: 1, finished: 2, refused: 0, rejected: 0, cut: 0, lost: 0 })
})

test('a connection that comes to be known when the idle ones have been ended is ended, too', async () => {
  await serve(() => {}, { ...NOTHING, lameDuck: false, longLived: '10s' })
  server.on('upgrade', (_request, socket) => socket.write('upgraded'))
  const other = await connectRaw(server)
  other.send(get('/', 'Connection: Upgrade', 'Upgrade: test'))
  await other.hear('upgraded')
  const stopped = lifecycle.shutdown()
  await reached('linger-over')

  const client = new Pipe()
  server.emit('connection', client)

  await once(client, 'finish')
  expect(lifecycle.phase).toBe('draining')
  client.destroy()
  other.socket.destroy()
  await stopped
})

/** A connection without a port: what is pushed is parsed before `push` returns. */
class Pipe extends Duplex {
  written = ''
  override _read(): void {}
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.written += chunk.toString()
    done()
  }
}

test('a connection from before the server was attached is ended after the answer that it was still given', async () => {
  const { handler, next } = holding()
  server = createServer(handler)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = await connectRaw(server)
  client.send(get('/'))
  const response = await next()
  lifecycle = createLifecycle({ shutdown: { ...NOTHING, lameDuck: false }, logger: false })
  lifecycle.attach(server)
  await lifecycle.start()

  const stopped = lifecycle.shutdown()
  await reached('linger-over')
  response.end('served')

  expect(await client.closed).toBe('end')
  expect(client.received).toMatch(/served$/)
  expect((await stopped).durationMs).toBeLessThan(5_000)
})

test('a request that somebody emits with a socket of their own making is answered, and not waited for', async () => {
  await serve((_request, response) => response.end('served'))
  const request = new IncomingMessage({} as Socket)
  Object.assign(request, { method: 'GET', url: '/livez' })
  const response = new ServerResponse(request)

  server.emit('request', request, response)

  expect(response.statusCode).toBe(200)
  expect(response.writableEnded).toBe(true)
  expect((await lifecycle.shutdown()).durationMs).toBeLessThan(5_000)
})

test('a connection that has closed after its listeners were removed is not waited for', async () => {
  await serve(() => {})
  const sockets: Duplex[] = []
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.removeAllListeners()
    sockets.push(socket)
    socket.write('upgraded')
  })
  for (const client of [await connectRaw(server), await connectRaw(server)]) {
    client.send(get('/', 'Connection: Upgrade', 'Upgrade: test'))
    await client.hear('upgraded')
  }
  const [before, during] = sockets
  if (before !== undefined) await once(before.destroy(), 'close')

  const stopped = lifecycle.shutdown()
  await reached('listener-closed')
  during?.destroy()

  const { connections, durationMs } = await stopped
  expect(connections).toMatchObject({ open: 1, upgraded: 1, cut: 0 })
  expect(durationMs).toBeLessThan(5_000)
})
