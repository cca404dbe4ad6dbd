import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'

import { request } from '../client.ts'
import { assertConnection, assertRefused, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

const LAME_DUCK_MS = 1_500
/** More than the buffers of both sockets hold. */
const LARGE = 'x'.repeat(8 * 1024 * 1024)

export const drainTests: readonly ServerTest[] = [
  {
    name: 'answers a request in flight, tells its client to close, and closes dependencies after it',
    exercises: 'a shutdown before the handler has answered, by what the framework sends; two dependencies, in order',
    async run(stage) {
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      assert.equal(stage.store.closed, false, 'a dependency was closed before the last answer')
      call.reply('whole')

      assertServed(await answer, 'whole')
      assertConnection(await answer, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 1, finished: 1, refused: 0, cut: 0 })
      assert.equal(stage.store.closed, true)
      const closed = (await stopped).steps.filter(({ step }) => step === 'close').map(({ name }) => name)
      assert.deepEqual(closed.slice(0, 2), ['view', 'store'])
    },
  },
  {
    name: "answers a request in flight that is answered on node's response",
    exercises: 'a handler that has returned, and an answer written around the framework during the drain',
    async run(stage) {
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      call.reply()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      call.response.setHeader('Content-Type', 'text/plain')
      call.response.statusCode = 200
      call.response.write('who')
      await client.hear('who')
      call.response.end('le')

      assertServed(await answer, 'whole')
      assertConnection(await answer, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
  {
    name: 'tells its client to close, whatever the application says of the connection',
    exercises: '`Connection: keep-alive` from a handler: set, written with the head, and in a flat list of headers',
    async run(stage) {
      const keepAlive: ((response: ServerResponse) => void)[] = [
        (response) => response.setHeader('Connection', 'keep-alive').writeHead(200),
        (response) => response.writeHead(200, { Connection: 'keep-alive' }),
        (response) => response.writeHead(200, ['Connection', 'keep-alive']),
      ]
      const asked = []
      for (const write of keepAlive) {
        const client = await stage.connect()
        const answer = client.ask('GET /held')
        const call = await stage.held()
        call.reply()
        asked.push({ client, answer, write, response: call.response })
      }

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      for (const { client, answer, write, response } of asked) {
        write(response)
        response.end('whole')

        assertServed(await answer, 'whole')
        assertConnection(await answer, 'close')
        assert.equal(await client.closed, 'end')
      }
      assertRequests(await stopped, { inFlight: 3, finished: 3, cut: 0 })
    },
  },
  {
    name: 'brings a streamed body to its end, and its connection after it',
    exercises:
      'a stream that the framework sends, begun before the shutdown and ended while another request is in flight',
    async run(stage) {
      const busy = await stage.connect()
      const other = busy.ask('GET /held')
      const otherCall = await stage.held()
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const body = new PassThrough()
      call.reply(body)
      body.write('first, ')
      await client.hear('first, ')

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      body.write('more, ')
      await client.hear('more, ')
      body.end('last')

      assertServed(await answer, 'first, more, last')
      assert.equal(await client.closed, 'end')
      otherCall.reply('whole')
      assertServed(await other, 'whole')
      assertRequests(await stopped, { inFlight: 2, finished: 2, cut: 0 })
    },
  },
  {
    name: 'lets a streamed body end itself when the listener has closed',
    exercises: 'a handler that streams until `drainSignal` aborts, which it does not in the lame duck',
    async run(stage) {
      const { drainSignal } = stage.lifecycle
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const body = new PassThrough()
      call.reply(body)
      drainSignal.addEventListener('abort', () => body.end('last'))
      body.write('first, ')
      await client.hear('first, ')

      const stopped = stage.shutdown({ lameDuck: '100ms' })
      assert.equal(drainSignal.aborted, false)

      assertServed(await answer, 'first, last')
      assert.equal(stage.hasReached('listener-closed'), true)
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
  {
    name: 'delivers a large answer whole to a slow reader',
    exercises: '8 MB that the framework has sent before the shutdown, and a client that reads them after the linger',
    async run(stage) {
      const client = await stage.connect()
      client.stopReading()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const ended = new Promise<void>((resolve) => {
        call.response.once('prefinish', resolve)
      })
      call.reply(LARGE)
      await ended

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      client.readOn()

      assert.equal((await answer).body.length, LARGE.length)
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { finished: 1, cut: 0 })
    },
  },
  {
    name: 'serves everybody in the lame duck, while readiness fails',
    exercises: 'probes and requests on connections from before the shutdown and from after it',
    async run(stage) {
      const early = await stage.connect()
      assertServed(await early.ask('GET /'), 'served')

      const stopped = stage.shutdown({ lameDuck: LAME_DUCK_MS })
      const last = await early.ask('GET /')
      assertServed(last, 'served')
      assertConnection(last, 'close')
      assert.equal(await early.closed, 'end')

      const late = await stage.connect()
      assertRefused(await late.ask('GET /readyz'))
      assertRefused(await late.ask('GET /healthz'))
      assert.equal((await late.ask('GET /livez')).status, 200)
      assert.equal((await late.ask('GET /startupz')).status, 200)
      const served = await late.ask('GET /')
      assertServed(served, 'served')
      assertConnection(served, 'keep-alive')
      assert.equal((await stopped).lameDuck.plannedMs, LAME_DUCK_MS)
      // Probes are not among them.
      assertRequests(await stopped, { finished: 2, cut: 0 })
    },
  },
  {
    name: 'records who has asked for readiness and health during the drain, and nobody else',
    exercises: 'probes with a `User-Agent` in the lame duck, and one of liveness',
    async run(stage) {
      const clients = [await stage.connect(), await stage.connect(), await stage.connect()]

      const stopped = stage.shutdown({ lameDuck: LAME_DUCK_MS })
      for (const [index, probe] of ['/livez kubelet', '/readyz kube-probe', '/healthz HAProxy'].entries()) {
        const [path = '', prober = ''] = probe.split(' ')
        clients[index]?.send(request(`GET ${path}`, `User-Agent: ${prober}`))
        await clients[index]?.answer()
      }

      const { probers } = await stopped
      assert.deepEqual(
        probers.map(({ prober, asked }) => `${prober}: ${asked}`),
        ['kube-probe: 1', 'HAProxy: 1'],
      )
    },
  },
  {
    name: 'destroys what is left at the deadline, and counts it',
    exercises: 'a handler that never answers, and a client that never reads 8 MB',
    setting: { shutdown: { requests: 300, longLived: 300 } },
    async run(stage) {
      const hung = await stage.connect()
      hung.send(request('GET /held'))
      await stage.held()
      const deaf = await stage.connect()
      deaf.stopReading()
      deaf.send(request('GET /held'))
      const call = await stage.held()
      call.reply(LARGE)

      const record = await stage.shutdown()

      await hung.closed
      assert.equal(hung.heard, '')
      assertRequests(record, { inFlight: 2, finished: 0, cut: 2 })
      assert.equal(record.connections.cut, 2)
      assert.deepEqual(
        record.cut.map(({ kind, route }) => `${kind}: ${route}`),
        ['request: GET /held', 'request: GET /held'],
      )
      assert.equal(record.exitCode, 1)
    },
  },
]
