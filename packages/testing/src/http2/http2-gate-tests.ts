import assert from 'node:assert/strict'

import { assertRefused, assertRequests, assertServed } from '../server/expectations.ts'
import { within } from '../within.ts'
import type { Http2Test } from './http2-test.ts'

export const http2GateTests: readonly Http2Test[] = [
  {
    name: 'refuses the application while warming, and answers probes',
    exercises: 'requests to a route and to two probes while a dependency warms up, and after, one session',
    setting: { warming: true },
    async run(stage) {
      const client = await stage.openSession()
      assertRefused(await client.ask('GET /'))
      assertRefused(await client.ask('GET /held'))
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')
      assert.equal((await client.ask('GET /livez')).status, 200)
      assert.equal((await client.ask('GET /readyz')).status, 503)

      stage.store.warm()
      await within(stage.lifecycle.whenReady(), () => 'the app to be ready')
      assertServed(await client.ask('GET /'), 'served')
      assert.equal((await client.ask('GET /readyz')).status, 200)
    },
  },
  {
    name: 'lets streams wait while warming when it is to, and hands them on in their order',
    exercises: "`whileWarming: 'queue'`: two streams, one that is reset between them, and a probe, of one session",
    setting: { warming: true, warmUp: { whileWarming: 'queue', queue: { size: 2, wait: '20s' } } },
    async run(stage) {
      const client = await stage.openSession()
      const first = client.send('GET /held')
      const gone = client.send('GET /held')
      assert.equal((await client.ask('GET /livez')).status, 200)
      gone.reset()
      assert.equal((await client.ask('GET /readyz')).status, 503)
      const second = client.send('GET /')
      assert.equal((await client.ask('GET /livez')).status, 200)
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')

      stage.store.warm()
      const call = await stage.held()
      call.reply('held')
      assertServed(await first.answer, 'held')
      assertServed(await second.answer, 'served')
      assert.equal(stage.heldCount, 1, 'a stream that was reset was handed on')
    },
  },
  {
    name: 'refuses the streams that wait at once when it leaves before it was ready',
    exercises: "`whileWarming: 'queue'`: a shutdown in the middle of the warm-up, while a stream waits",
    setting: { warming: true, warmUp: { whileWarming: 'queue', queue: { wait: '20s' } } },
    async run(stage) {
      const client = await stage.openSession()
      const waiting = client.send('GET /held')
      assert.equal((await client.ask('GET /livez')).status, 200)

      const stopped = stage.shutdown()
      assertRefused(await waiting.answer)
      assertRequests(await stopped, { finished: 0, rejected: 1, cut: 0, lost: 0 })
      assert.equal(stage.heldCount, 0, 'a handler was called that was never ready')
    },
  },
  {
    name: 'refuses a route while what it requires fails, and no other',
    exercises: "the adapter's `requires` in front of a route, while a check fails and after",
    async run(stage) {
      const client = await stage.openSession()
      assertServed(await client.ask('GET /stored'), 'from the store')

      await stage.bringStore('down')
      assertRefused(await client.ask('GET /stored'))
      assertServed(await client.ask('GET /'), 'served')

      await stage.bringStore('up')
      assertServed(await client.ask('GET /stored'), 'from the store')
    },
  },
]
