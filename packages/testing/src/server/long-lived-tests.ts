import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'

import { request } from '../client.ts'
import { assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

export const longLivedTests: readonly ServerTest[] = [
  {
    name: 'asks what is long-lived to end itself, and keeps no idle connection for it',
    exercises: 'a stream that the framework sends and `longLived` has marked, beside an idle connection',
    async run(stage) {
      const idle = await stage.connect()
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const body = new PassThrough()
      const asked = new Promise<void>((resolve) => stage.lifecycle.longLived(call.response, resolve))
      call.reply(body)
      body.write('first, ')
      await client.hear('first, ')

      const stopped = stage.shutdown()
      await asked
      assert.equal(stage.hasReached('listener-closed'), true)
      assert.equal(await idle.closed, 'end')
      body.end('last')

      assertServed(await answer, 'first, last')
      assert.equal(await client.closed, 'end')
      const record = await stopped
      assertRequests(record, { inFlight: 0, finished: 0, cut: 0 })
      assert.deepEqual(record.longLived, { open: 1, ended: 0, cut: 0 })
    },
  },
  {
    name: 'ends an event stream at its limit, so that its client can tell it from a broken connection',
    exercises: 'a stream that the framework sends to `Accept: text/event-stream`, which never ends',
    setting: { shutdown: { longLived: 300 } },
    async run(stage) {
      const client = await stage.connect()
      client.send(request('GET /held', 'Accept: text/event-stream'))
      const call = await stage.held()
      const body = new PassThrough()
      call.reply(body)
      body.write('data: first\n\n')
      await client.hear('first')

      const record = await stage.shutdown()

      assertServed(await client.answer(), 'data: first\n\n')
      assert.equal(await client.closed, 'end')
      // Whether it was gone before its limit is the machine's affair.
      const { open, ended } = record.longLived
      assert.deepEqual({ open, ended }, { open: 1, ended: 1 })
      assert.equal(record.exitCode, 0)
    },
  },
  {
    name: 'cuts requests at their limit, and leaves what is long-lived its own',
    exercises: 'a handler that never answers, beside a stream that `longLived` has marked',
    setting: { shutdown: { requests: 300 } },
    async run(stage) {
      const hung = await stage.connect()
      hung.send(request('GET /held'))
      await stage.held()
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const body = new PassThrough()
      stage.lifecycle.longLived(call.response)
      call.reply(body)
      body.write('first, ')
      await client.hear('first, ')

      const stopped = stage.shutdown()
      await hung.closed
      body.end('last')

      assertServed(await answer, 'first, last')
      assert.equal(await client.closed, 'end')
      const { requests, longLived, connections } = await stopped
      assert.deepEqual([requests.cut, longLived.cut, connections.cut], [1, 0, 1])
    },
  },
]
