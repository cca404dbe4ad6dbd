import assert from 'node:assert/strict'

import { request, upload } from '../client.ts'
import { within } from '../within.ts'
import { assertConnection, assertRefused, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'
import type { Stage } from './stage.ts'

export const gateTests: readonly ServerTest[] = [
  {
    name: 'refuses the application while warming, and answers probes',
    exercises: 'requests to a route and to the four probes while a dependency warms up, and after',
    setting: { warming: true },
    async run(stage) {
      const client = await stage.connect()
      assertRefused(await client.ask('GET /'))
      assertRefused(await client.ask('GET /held'))
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')
      assert.deepEqual(await probe(stage), { live: 200, startup: 503, ready: 503, health: 503 })

      stage.store.warm()
      await within(stage.lifecycle.whenReady(), () => 'the app to be ready')
      assertServed(await client.ask('GET /'), 'served')
      assert.deepEqual(await probe(stage), { live: 200, startup: 200, ready: 200, health: 200 })
    },
  },
  {
    name: 'refuses the application still when it leaves before it was ready',
    exercises: 'a probe, a request and one with a body during a shutdown in the middle of the warm-up',
    setting: { warming: true, shutdown: { linger: '5s' } },
    async run(stage) {
      const asking = [
        { client: await stage.connect(), text: request('GET /held') },
        { client: await stage.connect(), text: `${upload('POST /held', 5)}hello` },
      ]
      const prober = await stage.connect()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      assert.equal((await prober.ask('GET /livez')).status, 200)
      assert.equal(await prober.closed, 'end')
      for (const { client, text } of asking) {
        client.send(text)
        const refused = await client.answer()
        assertRefused(refused)
        assertConnection(refused, 'close')
        assert.equal(await client.closed, 'end')
      }

      assertRequests(await stopped, { finished: 0, rejected: 2, cut: 0 })
      assert.equal(stage.heldCount, 0, 'a handler was called that was never ready')
    },
  },
  {
    name: 'refuses late requests when it is to, and answers probes',
    exercises: "`late: 'reject'`: a request and a probe after the listener has closed, beside a request in flight",
    setting: { shutdown: { late: 'reject', linger: '5s' } },
    async run(stage) {
      const busy = await stage.connect()
      const answer = busy.ask('GET /held')
      const call = await stage.held()
      const client = await stage.connect()
      const prober = await stage.connect()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      assert.equal((await prober.ask('GET /livez')).status, 200)
      const refused = await client.ask('GET /held')
      assertRefused(refused)
      assertConnection(refused, 'close')
      assert.equal(stage.heldCount, 1, 'a handler was called for a late request')

      call.reply('whole')
      assertServed(await answer, 'whole')
      assertRequests(await stopped, { inFlight: 1, finished: 1, rejected: 1, cut: 0 })
    },
  },
  {
    name: 'refuses a route while what it requires fails, and no other',
    exercises: "the adapter's `requires` in front of a route, while a check fails and after",
    async run(stage) {
      const client = await stage.connect()
      assertServed(await client.ask('GET /stored'), 'from the store')

      await stage.bringStore('down')
      const refused = await client.ask('GET /stored')
      assertRefused(refused)
      assert.equal(refused.headers.get('cache-control'), 'no-store')
      assert.deepEqual((JSON.parse(refused.body) as { dependencies: string[] }).dependencies, ['store'])
      assertServed(await client.ask('GET /'), 'served')

      await stage.bringStore('up')
      assertServed(await client.ask('GET /stored'), 'from the store')
    },
  },
]

async function probe(stage: Stage): Promise<Record<string, number>> {
  const client = await stage.connect()
  const status = async (path: string): Promise<number> => (await client.ask(`GET ${path}`)).status
  return {
    live: await status('/livez'),
    startup: await status('/startupz'),
    ready: await status('/readyz'),
    health: await status('/healthz'),
  }
}
