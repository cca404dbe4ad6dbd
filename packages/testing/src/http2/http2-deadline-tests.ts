import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'

import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Test } from './http2-test.ts'

const EVENTS = { accept: 'text/event-stream' }

/** More than a client takes before it reads. */
const LARGE = 'x'.repeat(2_000_000)

const RESET = /without a whole answer: code 2,/

export const http2DeadlineTests: readonly Http2Test[] = [
  {
    name: 'cuts requests at their limit, and leaves an event stream beside them its own',
    exercises:
      'one session: an event stream, a handler that never answers, and half a body of a framework that sends on',
    setting: { shutdown: { requests: 300 } },
    async run(stage) {
      const client = await stage.openSession()
      const events = client.send('GET /held', EVENTS)
      const [eventsBody, halfBody] = [new PassThrough(), new PassThrough()]
      ;(await stage.held()).reply(eventsBody)
      const silent = client.ask('GET /held')
      await stage.held()
      const half = client.send('GET /held')
      ;(await stage.held()).reply(halfBody)
      eventsBody.write('data: first\n\n')
      halfBody.write('half')
      await events.hear('first')
      await half.hear('half')

      const stopped = stage.shutdown()
      await stage.reached('deadline')
      halfBody.write(' of it')
      await assert.rejects(silent, RESET)
      await assert.rejects(half.answer, RESET)
      halfBody.end(', and the rest')
      eventsBody.end('data: last\n\n')

      assertServed(await events.answer, 'data: first\n\ndata: last\n\n')
      await client.closed
      const record = await stopped
      assertRequests(record, { inFlight: 2, finished: 0, cut: 2 })
      assert.deepEqual(record.longLived, { open: 1, ended: 0, cut: 0 })
      assert.equal(record.connections.cut, 0)
      assert.equal(record.exitCode, 1)
    },
  },
  {
    name: 'cuts an event stream at its limit, and leaves a request beside it its own',
    exercises: 'one session: `accept: text/event-stream` that is never answered, and a request that is, after the cut',
    setting: { shutdown: { longLived: 300 } },
    async run(stage) {
      const client = await stage.openSession()
      const events = client.send('GET /held', EVENTS)
      await stage.held()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('deadline')
      await assert.rejects(events.answer, RESET)
      call.reply('whole')

      assertServed(await answer, 'whole')
      await client.closed
      const record = await stopped
      assertRequests(record, { inFlight: 1, finished: 1, cut: 0 })
      assert.deepEqual(record.longLived, { open: 1, ended: 0, cut: 1 })
      assert.equal(record.exitCode, 0)
    },
  },
  {
    name: 'counts an answer that its client had not taken whole at the limit as cut',
    exercises: 'a text of 2 MB that the framework has ended, to a client that does not read on',
    setting: { shutdown: { requests: 300, longLived: 300 } },
    async run(stage) {
      const client = await stage.openSession()
      const asked = client.send('GET /held')
      ;(await stage.held()).reply(LARGE)
      await asked.hear('x')
      asked.stopReading()

      const record = await stage.shutdown()

      await assert.rejects(asked.answer, /without a whole answer/)
      assertRequests(record, { inFlight: 1, finished: 0, cut: 1 })
      assert.equal(record.exitCode, 1)
    },
  },
  {
    name: 'does not wait for an upload that stops after its answer',
    exercises: 'a client that sends half a body and no more, which the handler reads, answered during the drain',
    setting: { shutdown: { linger: 50 } },
    async run(stage) {
      const client = await stage.openSession()
      const asked = client.beginUpload('POST /held', 'hello')
      const call = await stage.held()
      await once(call.request, 'data')

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      call.reply('too slow')

      assertServed(await asked.answer, 'too slow')
      await client.closed
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
      assert.equal(stage.hasReached('deadline'), false)
    },
  },
]
