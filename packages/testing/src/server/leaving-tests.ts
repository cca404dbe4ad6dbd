import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'

import type { DrainRecord } from '@tidegate/core'

import { request } from '../client.ts'
import { assertRequests } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

/** Each has an idle connection beside it, which ends only when nothing is in flight any more. */
export const leavingTests: readonly ServerTest[] = [
  {
    name: 'drains on when the client of a request in flight leaves',
    exercises: 'a client that hangs up while the handler has not answered',
    async run(stage) {
      const idle = await stage.connect()
      const client = await stage.connect()
      client.send(request('GET /held'))
      await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      client.leave()

      await assertDrained(stopped, { inFlight: 1 })
      assert.equal(await idle.closed, 'end')
    },
  },
  {
    name: 'drains on when the client of a streamed body leaves',
    exercises: 'a client that hangs up in the middle of what the framework sends',
    async run(stage) {
      const idle = await stage.connect()
      const client = await stage.connect()
      client.send(request('GET /held'))
      const call = await stage.held()
      const body = new PassThrough()
      call.reply(body)
      body.write('first, ')
      await client.hear('first, ')

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      client.leave()

      await assertDrained(stopped, { inFlight: 1 })
      assert.equal(await idle.closed, 'end')
    },
  },
  {
    name: 'drains on when a client leaves with requests in its pipeline',
    exercises: 'a client that hangs up with three requests behind each other, none of them answered',
    async run(stage) {
      const idle = await stage.connect()
      const client = await stage.connect()
      client.send(request('GET /held').repeat(3))
      for (let held = 0; held < 3; held++) await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      client.leave()

      await assertDrained(stopped, { inFlight: 3 })
      assert.equal(await idle.closed, 'end')
    },
  },
]

async function assertDrained(
  stopped: Promise<DrainRecord>,
  { inFlight }: { readonly inFlight: number },
): Promise<void> {
  const record = await stopped
  assertRequests(record, { inFlight, finished: 0, cut: 0 })
  assert.equal(record.exitCode, 0)
}
