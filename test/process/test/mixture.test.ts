import { describe, expect } from 'vitest'

import { FRAMEWORKS } from '../harness/frameworks.ts'
import { it } from '../harness/it.ts'
import { connectRaw, request } from '../harness/raw-client.ts'
import type { RawClient } from '../harness/raw-client.ts'
import { recordOf } from '../harness/record-of.ts'

const SHUTDOWN = JSON.stringify({ lameDuck: '300ms', linger: '500ms', longLived: '3s' })
const UPLOAD = ['POST /upload', 'Content-Type: application/octet-stream', 'Content-Length: 10'] as const
const LARGE = 8 * 1024 * 1024
const LAST_CHUNK = /\r\n0\r\n\r\n$/

describe.concurrent('a mixture of clients loses nothing', () => {
  for (const framework of FRAMEWORKS) {
    it(`with ${framework}`, async ({ spawnProgram }) => {
      const app = spawnProgram('mixture', { args: [framework, SHUTDOWN] })
      const port = await app.port()
      let asked = 0
      /** Sends it over a connection of its own, and waits until the handler has it. */
      const ask = async (text: string, requests = 1): Promise<RawClient> => {
        const client = await connectRaw(port)
        client.send(text)
        asked += requests
        await app.line('asked', asked)
        return client
      }
      const used = async (): Promise<RawClient> => {
        const client = await ask(request('GET /'))
        await client.hear('served')
        return client
      }

      const [idle, early, prober, last] = [await used(), await used(), await used(), await used()]
      const fresh = await connectRaw(port)
      const half = await connectRaw(port)
      half.send('GET / HTTP/1.1\r\nHost: te')
      const slow = await ask(request('GET /slow'))
      const head = await ask(request('HEAD /slow'))
      const ownKeepAlive = await ask(request('GET /keep-alive'))
      const hints = await ask(request('GET /hints'))
      await hints.hear('103 Early Hints')
      const stream = await ask(request('GET /stream'))
      await stream.hear('the ')
      const pipeline = await ask(request('GET /slow').repeat(3), 3)
      const upload = await ask(`${request(...UPLOAD)}hello`)
      const continued = await ask(request(...UPLOAD, 'Expect: 100-continue'))
      await continued.hear('100 Continue')
      const gone = await ask(request('GET /slow'))
      const large = await connectRaw(port)
      large.socket.pause()
      large.send(request('GET /large'))
      await app.line('asked', ++asked)
      const events = await ask(request('GET /events', 'Accept: text/event-stream'))
      const retried = await ask(request('GET /retried-events'))
      const webSocket = await ask(request('GET /socket', 'Connection: Upgrade', 'Upgrade: test'))
      const tunnel = await ask(request('CONNECT db:5432'))
      for (const client of [events, retried]) await client.hear('data: 1')

      app.signal('SIGTERM')
      await app.line('drain: lame-duck')
      prober.send(request('GET /readyz', 'User-Agent: the balancer'))
      early.send(request('GET /'))
      gone.socket.destroy()
      await app.line('drain: listener-closed')
      last.send(request('GET /'))
      fresh.send(request('GET /'))
      upload.send('world')
      continued.send('helloworld')
      await app.line('drain: linger-over')
      large.socket.resume()
      for (const client of [webSocket, tunnel]) client.send('ping')

      // Whatever ends in the middle of an answer, or by a reset, is not among these.
      const everybody = { idle, early, prober, last, fresh, half, slow, head, ownKeepAlive, hints, stream, pipeline }
      const others = { upload, continued, large, events, retried, webSocket, tunnel }
      for (const [name, { closed }] of Object.entries({ ...everybody, ...others })) {
        expect(`${name}: ${await closed}`).toBe(`${name}: end`)
      }

      expect(idle.received).toMatch(/connection: keep-alive[^]*\r\n\r\nserved$/i)
      expect(early.received).toMatch(/served[^]*connection: close[^]*\r\n\r\nserved$/i)
      expect(prober.received).toMatch(/served[^]*503 Service[^]*connection: close/i)
      expect(last.received).toMatch(/served[^]*connection: close[^]*\r\n\r\nserved$/i)
      expect(fresh.received).toMatch(/connection: close[^]*\r\n\r\nserved$/i)
      expect(half.received).toMatch(/^HTTP\/1.1 408 [^]*connection: close/i)
      expect(slow.received).toMatch(/connection: close[^]*\r\n\r\nthe whole answer$/i)
      expect(head.received).toMatch(/^HTTP\/1.1 200 [^]*connection: close[^]*\r\n\r\n$/i)
      expect(head.received).not.toContain('the whole answer')
      expect(ownKeepAlive.received).toMatch(/connection: close[^]*\r\n\r\nthe whole answer$/i)
      expect(ownKeepAlive.received).not.toMatch(/connection: keep-alive/i)
      expect(hints.received).toMatch(/^HTTP\/1.1 103 [^]*HTTP\/1.1 200 [^]*connection: close[^]*the whole answer$/i)
      expect(stream.received).toMatch(/the [^]*whole answer\r\n0\r\n\r\n$/)
      expect(pipeline.received.match(/the whole answer|connection: close/gi)).toEqual([
        'the whole answer',
        'the whole answer',
        expect.stringMatching(/connection: close/i),
        'the whole answer',
      ])
      expect(upload.received).toMatch(/connection: close[^]*\r\n\r\nread 10$/i)
      expect(continued.received).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 [^]*close[^]*\r\n\r\nread 10$/)
      expect(large.received.length - large.received.indexOf('\r\n\r\n') - 4).toBe(LARGE)
      expect(events.received).toMatch(LAST_CHUNK)
      expect(retried.received).toMatch(/retry: 50[^]*\r\n0\r\n\r\n$/)
      for (const client of [webSocket, tunnel]) expect(client.received).toMatch(/Yours\r\n\r\nping$/)

      expect(await app.exit).toMatchObject({ code: 0, signal: null })
      expect(app.said('pool closed')).toBe(true)
      const { cut, ...record } = await recordOf(app)
      expect(record).toMatchObject({
        reason: 'SIGTERM',
        requests: { inFlight: 12, finished: 14, refused: 0, rejected: 0, cut: 0 },
        longLived: { open: 4, ended: 3 },
        connections: { open: 20, upgraded: 2, eventStreams: 2, active: 10, idle: 6, http2: 0 },
        probers: [{ prober: 'the balancer', asked: 1 }],
        exitCode: 0,
      })
      // On a slow machine what was ended cleanly may not have closed by its limit.
      expect(cut.filter(({ kind }) => kind === 'request')).toEqual([])
    })
  }
})

it('what waits in the accept queue when the listener is to close is accepted and served', async ({ spawnProgram }) => {
  const program = spawnProgram('mixture', { args: ['node-http', '{ "lameDuck": false, "linger": "500ms" }'] })
  const port = await program.port()
  const blocking = await connectRaw(port)
  blocking.send(request('GET /blocks'))
  await program.line('asked')
  // The kernel has completed their handshakes, and the loop has accepted none.
  const waiting = await Promise.all(Array.from({ length: 20 }, async () => connectRaw(port)))
  for (const client of waiting) client.send(request('GET /'))
  program.signal('SIGTERM')
  program.endInput()
  for (const client of waiting) {
    expect(await client.closed).toBe('end')
    expect(client.received).toMatch(/^HTTP\/1.1 200 [^]*served$/)
  }
  expect(await program.exit).toMatchObject({ code: 0, signal: null })
  expect(await recordOf(program)).toMatchObject({ requests: { refused: 0, cut: 0 } })
})
