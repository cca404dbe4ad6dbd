import assert from 'node:assert/strict'
import { constants } from 'node:http2'

import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Test } from './http2-test.ts'

const LAME_DUCK_MS = 1_500

export const http2DrainTests: readonly Http2Test[] = [
  {
    name: 'answers a stream in flight whole after the GOAWAY, ends its session, and closes dependencies after it',
    exercises: 'a shutdown before the handler has answered, by what the framework sends; two dependencies, in order',
    async run(stage) {
      const client = await stage.openSession()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      assert.equal(await client.toldToGo, constants.NGHTTP2_NO_ERROR)
      await stage.reached('linger-over')
      assert.equal(stage.store.closed, false, 'a dependency was closed before the last answer')
      call.reply('whole')

      assertServed(await answer, 'whole')
      await client.closed
      assertRequests(await stopped, { inFlight: 1, finished: 1, refused: 0, cut: 0 })
      assert.equal((await stopped).exitCode, 0)
      assert.equal(stage.store.closed, true)
      const closed = (await stopped).steps.filter(({ step }) => step === 'close').map(({ name }) => name)
      assert.deepEqual(closed.slice(0, 2), ['view', 'store'])
    },
  },
  {
    name: 'serves an open session in the lame duck, while readiness fails',
    exercises: 'probes and requests on a session from before the shutdown and on one from after it',
    async run(stage) {
      const early = await stage.openSession()

      const stopped = stage.shutdown({ lameDuck: LAME_DUCK_MS })
      for (const client of [early, await stage.openSession()]) {
        assert.equal((await client.ask('GET /readyz')).status, 503)
        assert.equal((await client.ask('GET /healthz')).status, 503)
        assert.equal((await client.ask('GET /livez')).status, 200)
        assertServed(await client.ask('GET /'), 'served')
      }
      assert.equal(stage.hasReached('listener-closed'), false)

      // Probes are not among them.
      assertRequests(await stopped, { finished: 2, cut: 0 })
    },
  },
  {
    name: 'leaves what a handler throws while draining to the framework, and drains on',
    exercises: "the framework's own 500, to the first request of a session when the listener has closed",
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const busy = await stage.openSession()
      const whole = busy.ask('GET /held')
      const call = await stage.held()
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      assert.equal((await client.ask('GET /throws')).status, 500)
      await client.closed
      assert.equal(stage.hasReached('linger-over'), false)

      call.reply('whole')
      assertServed(await whole, 'whole')
      assertRequests(await stopped, { inFlight: 1, finished: 2, cut: 0 })
    },
  },
  {
    name: 'leaves a handler that rejects while draining to the framework, and drains on',
    exercises: "the framework's own 500, to a stream in flight",
    async run(stage) {
      const client = await stage.openSession()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      call.fail(new Error('rejected by a handler, as the test wants it'))

      assert.equal((await answer).status, 500)
      await client.closed
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]
