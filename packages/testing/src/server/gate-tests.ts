import assert from 'node:assert/strict'

import type { WarmUpOptions } from '@tidegate/core'

import { request, upload } from '../client.ts'
import { within } from '../within.ts'
import { assertConnection, assertRefused, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'
import type { Stage } from './stage.ts'

const CLOSED: WarmUpOptions = { whileWarming: 'closed' }
const QUEUE: WarmUpOptions = { whileWarming: 'queue', queue: { size: 3, wait: '20s' } }

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
    name: 'lets requests wait while warming when it is to, and hands them on in their order',
    exercises:
      "`whileWarming: 'queue'`: a pipeline of two, an upload and a probe while a dependency warms up, and after",
    setting: { warming: true, warmUp: QUEUE },
    async run(stage) {
      const [one, two, prober] = [await stage.connect(), await stage.connect(), await stage.connect()]
      await one.deliver(request('GET /held') + request('GET /'))
      assert.equal((await prober.ask('GET /readyz')).status, 503)
      await two.deliver(`${upload('POST /held', 5)}hello`)
      assert.equal((await prober.ask('GET /livez')).status, 200)
      assert.deepEqual([one.heard, two.heard, stage.heldCount], ['', '', 0], 'somebody did not wait')

      stage.store.warm()
      const first = await stage.held()
      assert.equal(first.request.method, 'GET', 'the last to come was the first to be handed on')
      const second = await stage.held()
      const body: Buffer[] = []
      for await (const chunk of second.request) body.push(chunk as Buffer)
      second.reply(`read ${Buffer.concat(body).toString()}`)
      first.reply('held')
      assertServed(await one.answer(), 'held')
      assertServed(await one.answer(), 'served')
      assertServed(await two.answer(), 'read hello')
      assertServed(await one.ask('GET /'), 'served')
    },
  },
  {
    name: 'refuses those that wait at once when it leaves before it was ready',
    exercises: "`whileWarming: 'queue'`: a shutdown in the middle of the warm-up, while a request waits",
    setting: { warming: true, warmUp: QUEUE },
    async run(stage) {
      const client = await stage.connect()
      await client.deliver(request('GET /held'))
      const prober = await stage.connect()
      assert.equal((await prober.ask('GET /livez')).status, 200)

      const stopped = stage.shutdown()
      assertRefused(await client.answer())
      assertRequests(await stopped, { finished: 0, rejected: 1, cut: 0, lost: 0 })
      assert.equal(stage.heldCount, 0, 'a handler was called that was never ready')
    },
  },
  {
    name: 'refuses who has waited too long, and who finds no place to wait',
    exercises: "`whileWarming: 'queue'` with one place and a short wait",
    setting: { warming: true, warmUp: { whileWarming: 'queue', queue: { size: 1, wait: '300ms' } } },
    async run(stage) {
      const [one, two] = [await stage.connect(), await stage.connect()]
      await one.deliver(request('GET /held'))
      await two.deliver(request('GET /held'))
      assertRefused(await one.answer())
      assertRefused(await two.answer())
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')
      stage.store.warm()
      await within(stage.lifecycle.whenReady(), () => 'the app to be ready')
      assertServed(await one.ask('GET /'), 'served')
    },
  },
  {
    name: 'opens its port when it is ready, and not before, when it is to',
    exercises: "`whileWarming: 'closed'`: the server while a dependency warms up, and a request when it is open",
    setting: { warming: true, warmUp: CLOSED },
    async run(stage) {
      const prober = stage.lifecycle.probe({ url: '/readyz' })
      assert.deepEqual([stage.isOpen, prober?.status], [false, 503])
      stage.store.warm()
      await stage.opened()
      assert.equal(stage.lifecycle.phase, 'ready')
      assertServed(await (await stage.connect()).ask('GET /'), 'served')
    },
  },
  {
    name: 'never opens its port when it leaves before it was ready, and says so',
    exercises:
      "`whileWarming: 'closed'`: a shutdown in the middle of the warm-up, and what becomes of the `listen` that waits",
    setting: { warming: true, warmUp: CLOSED },
    async run(stage) {
      const opened = assert.rejects(stage.opened(), { code: 'TIDEGATE_WARM_UP' })
      await stage.shutdown()
      await opened
      assert.equal(stage.isOpen, false)
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
