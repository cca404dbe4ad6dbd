import assert from 'node:assert/strict'

import { within } from '../within.ts'
import { assertRefused, assertServed } from './expectations.ts'
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
