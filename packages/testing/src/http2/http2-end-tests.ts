import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'

import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Test } from './http2-test.ts'

export const http2EndTests: readonly Http2Test[] = [
  {
    name: 'destroys a stream that hangs at the limit of requests, and counts it',
    exercises: 'a handler that never answers',
    setting: { shutdown: { requests: 300 } },
    async run(stage) {
      const client = await stage.openSession()
      const answer = client.ask('GET /held')
      await stage.held()

      const record = await stage.shutdown()

      await assert.rejects(answer, /without a whole answer/)
      await client.closed
      assertRequests(record, { inFlight: 1, finished: 0, cut: 1 })
      assert.equal(record.connections.cut, 1)
      assert.deepEqual(
        record.cut.map(({ kind, route }) => `${kind}: ${route}`),
        ['request: GET /held'],
      )
      assert.equal(record.exitCode, 1)
    },
  },
  {
    name: 'drains on when a client resets its stream',
    exercises: 'a reset while the handler has not answered',
    async run(stage) {
      const client = await stage.openSession()
      const asked = client.send('GET /held')
      await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      asked.reset()

      await client.closed
      assertRequests(await stopped, { inFlight: 1, finished: 0, refused: 0, cut: 0 })
      assert.equal((await stopped).exitCode, 0)
    },
  },
  {
    name: 'ends an event stream at its limit, so that its client can tell it from a broken one',
    exercises: 'a stream that the framework sends to `accept: text/event-stream`, which never ends',
    setting: { shutdown: { longLived: 300 } },
    async run(stage) {
      const client = await stage.openSession()
      const asked = client.send('GET /held', { accept: 'text/event-stream' })
      const call = await stage.held()
      const body = new PassThrough()
      call.reply(body)
      body.write('data: first\n\n')
      await asked.hear('first')

      const record = await stage.shutdown()

      assertServed(await asked.answer, 'data: first\n\n')
      await client.closed
      assertRequests(record, { inFlight: 0, finished: 0, cut: 0 })
      // Whether it was gone before its limit is the machine's affair.
      const { open, ended } = record.longLived
      assert.deepEqual({ open, ended }, { open: 1, ended: 1 })
      assert.equal(record.exitCode, 0)
    },
  },
]
