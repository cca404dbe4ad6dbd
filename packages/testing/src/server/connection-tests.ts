import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import type { Client } from '../client.ts'
import { turn } from '../turn.ts'
import { tellsThatItHasClosed } from './either-protocol.ts'
import { assertConnection, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

const BALANCERS_KEEP_MS = 60_000

export const connectionTests: readonly ServerTest[] = [
  {
    name: 'serves connections that the kernel had accepted before the listener closed',
    exercises: 'three connections that wait to be taken up when the shutdown is called',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const arriving = [stage.connect(), stage.connect(), stage.connect()]
      // Node begins a connection in the next tick.
      await new Promise((resolve) => {
        process.nextTick(resolve)
      })
      holdUpTheLoop()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      for (const client of await Promise.all(arriving)) {
        const last = await client.ask('GET /')
        assertServed(last, 'served')
        assertConnection(last, 'close')
        assert.equal(await client.closed, 'end')
      }
      assertRequests(await stopped, { finished: 3, cut: 0 })
    },
  },
  {
    name: 'serves one last request on idle connections during the linger',
    exercises: 'a request after the listener has closed, on a connection used before and on one never used',
    // The drain ends with the last connection, long before.
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const used = await stage.connect()
      assertServed(await used.ask('GET /'), 'served')
      const unused = await stage.connect()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      // Well inside the linger, and long enough for a drain that does not wait.
      await pause(100)
      for (const client of [used, unused]) {
        const last = await client.ask('GET /')
        assertServed(last, 'served')
        assertConnection(last, 'close')
        assert.equal(await client.closed, 'end')
      }
      assert.equal(stage.hasReached('linger-over'), false)
      assertRequests(await stopped, { finished: 2, cut: 0 })
    },
  },
  {
    name: 'ends idle connections after the linger, without a word',
    exercises: 'a kept-alive connection and one never used, whose clients never hang up themselves',
    setting: { shutdown: { linger: 50 } },
    async run(stage) {
      const used = await stage.connect()
      assertServed(await used.ask('GET /'), 'served')
      const unused = await stage.connect()
      const before = used.heard

      const record = await stage.shutdown()

      assert.deepEqual([await used.closed, await unused.closed], ['end', 'end'])
      assert.deepEqual([used.heard, unused.heard], [before, ''])
      assert.equal(record.connections.cut, 0)
    },
  },
  {
    name: 'answers half a header with 408 when it ends idle connections',
    exercises: 'a connection on which a request has begun, and does not go on',
    async run(stage) {
      const client = await stage.connect()
      await client.deliver('GET / HTTP/1.1\r\nHost: te')
      const other = await stage.connect()
      // Sent after it, and answered: so it has been read by then.
      assertServed(await other.ask('GET /'), 'served')

      const record = await stage.shutdown()

      assert.equal((await client.answer()).status, 408)
      assert.equal(await client.closed, 'end')
      assert.equal(record.connections.cut, 0)
    },
  },
  {
    name: 'answers a request that comes while idle connections are being ended',
    exercises: 'ten idle connections, which are ended one after the other, and a request on one of the last',
    async run(stage) {
      const clients: Client[] = []
      for (let count = 0; count < 10; count++) clients.push(await stage.connect())
      const [last, asking, ...others] = clients.toReversed()
      assert.ok(last !== undefined && asking !== undefined)

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      const answer = asking.ask('GET /held')
      const call = await stage.held()
      for (const client of [...others, last]) assert.equal(await client.closed, 'end')
      call.reply('whole')

      assertServed(await answer, 'whole')
      assertConnection(await answer, 'close')
      assert.equal(await asking.closed, 'end')
      assertRequests(await stopped, { finished: 1, cut: 0 })
    },
  },
  {
    name: 'keeps idle connections while a request is in flight, and takes no new ones',
    exercises: 'requests on an idle connection and on a new one, after the listener has closed and the linger is over',
    async run(stage) {
      const idle = await stage.connect()
      assertServed(await idle.ask('GET /'), 'served')
      const busy = await stage.connect()
      const answer = busy.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      await assert.rejects(stage.connect(), /ECONNREFUSED|ENOENT/)
      // In which a drain that does not wait would end it.
      await turn()
      assertServed(await idle.ask('GET /'), 'served')
      assert.equal(await idle.closed, 'end')

      call.reply('whole')
      assertServed(await answer, 'whole')
      assertRequests(await stopped, { finished: 2, cut: 0 })
    },
  },
  {
    name: 'keeps idle connections for longer than balancers do',
    exercises: "the server's own `keepAliveTimeout`, which nobody has set",
    async run(stage) {
      // HTTP/2 servers that allow HTTP/1.1 have none, and keep them without end.
      const { keepAliveTimeout = Infinity } = stage.server as Partial<Server>
      assert.ok(keepAliveTimeout >= BALANCERS_KEEP_MS, `keepAliveTimeout is ${keepAliveTimeout}`)
    },
  },
  {
    name: 'lets the server tell that it has closed, after the last answer',
    exercises: "the server's own `close` event",
    run: (stage) => tellsThatItHasClosed(stage, () => stage.connect()),
  },
]

const HOLD_UP_MS = 50

/** Gives the kernel the time to complete handshakes, and the server none to take their connections up. */
function holdUpTheLoop(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, HOLD_UP_MS)
}
