import assert from 'node:assert/strict'

import { assertRefused, assertServed } from '../server/expectations.ts'
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
