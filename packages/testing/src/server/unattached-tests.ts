import assert from 'node:assert/strict'

import { answersProbesOfEveryMethod } from './either-protocol.ts'
import { assertConnection, assertRefused, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

/** What the adapter itself does: elsewhere probes and the gate are answered ahead of it. */
export const unattachedTests: readonly ServerTest[] = [
  {
    name: 'answers probes on a server that nobody attached',
    exercises: "the adapter's own answer to the first request of a server, and those to other connections after it",
    setting: { attached: false },
    run: (stage) => answersProbesOfEveryMethod(() => stage.connect()),
  },
  {
    name: 'keeps the gate on a server that nobody attached',
    exercises: "the adapter's own refusal, to the first request of a server",
    setting: { attached: false, warming: true },
    async run(stage) {
      const client = await stage.connect()
      assertRefused(await client.ask('GET /held'))
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')
      stage.store.warm()
    },
  },
  {
    name: 'lets requests wait on a server that nobody attached',
    exercises:
      "the adapter's own waiting with `whileWarming: 'queue'`, of the first request of a server and of the next",
    setting: { attached: false, warming: true, warmUp: { whileWarming: 'queue', queue: { wait: '20s' } } },
    async run(stage) {
      const [one, two] = [await stage.connect(), await stage.connect()]
      const first = one.ask('GET /held')
      await two.deliver('')
      const second = two.ask('GET /held')
      assert.equal((await (await stage.connect()).ask('GET /livez')).status, 200)
      assert.equal(stage.heldCount, 0, 'a handler was called while warming')

      stage.store.warm()
      const calls = [await stage.held(), await stage.held()]
      for (const call of calls) call.reply('held')
      assertServed(await first, 'held')
      assertServed(await second, 'held')
    },
  },
  {
    name: 'drains a server that nobody attached',
    exercises: 'a shutdown while the first request the adapter has ever seen is in flight',
    setting: { attached: false },
    async run(stage) {
      const client = await stage.connect()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      call.reply('whole')

      assertServed(await answer, 'whole')
      assertConnection(await answer, 'close')
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]
