import assert from 'node:assert/strict'

import { assertConnection, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

export const errorTests: readonly ServerTest[] = [
  {
    name: 'leaves what a handler throws while draining to the framework, and drains on',
    exercises: "the framework's own 500, to a request that comes when the listener has closed",
    async run(stage) {
      const busy = await stage.connect()
      const whole = busy.ask('GET /held')
      const call = await stage.held()
      const client = await stage.connect()
      assertServed(await client.ask('GET /'), 'served')

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      const failed = await client.ask('GET /throws')
      assert.equal(failed.status, 500)
      assertConnection(failed, 'close')
      assert.equal(await client.closed, 'end')

      call.reply('whole')
      assertServed(await whole, 'whole')
      assertRequests(await stopped, { inFlight: 1, finished: 2, cut: 0 })
    },
  },
  {
    name: 'leaves a handler that rejects while draining to the framework, and drains on',
    exercises: "the framework's own 500, to a request in flight",
    async run(stage) {
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      call.fail(new Error('rejected by a handler, as the test wants it'))

      assert.equal((await answer).status, 500)
      assertConnection(await answer, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]
