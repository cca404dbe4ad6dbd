import assert from 'node:assert/strict'
import { constants } from 'node:http2'

import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Test } from './http2-test.ts'

export const http2SessionTests: readonly Http2Test[] = [
  {
    name: 'ends an idle session when the listener closes',
    exercises: 'a session used before the shutdown, long before the linger is over',
    // The drain ends with the last session, long before.
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()
      assertServed(await client.ask('GET /'), 'served')

      const stopped = stage.shutdown()
      assert.equal(await client.toldToGo, constants.NGHTTP2_NO_ERROR)
      await client.closed

      assertRequests(await stopped, { inFlight: 0, finished: 0, cut: 0 })
      assert.equal(stage.hasReached('linger-over'), false)
    },
  },
  {
    name: 'serves a session that has asked for nothing yet during the linger, and ends it then',
    exercises: 'the first request of a session, after the listener has closed',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      assertServed(await client.ask('GET /'), 'served')
      await client.closed

      assertRequests(await stopped, { inFlight: 0, finished: 1, refused: 0, cut: 0 })
      assert.equal(stage.hasReached('linger-over'), false)
    },
  },
  {
    name: 'ends a session that never asks for anything after the linger',
    exercises: 'a session without a stream, whose client never hangs up itself',
    setting: { shutdown: { linger: 50 } },
    async run(stage) {
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      assert.equal(await client.toldToGo, constants.NGHTTP2_NO_ERROR)
      await client.closed

      assertRequests(await stopped, { finished: 0, cut: 0 })
    },
  },
]
