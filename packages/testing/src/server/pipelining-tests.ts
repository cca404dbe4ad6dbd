import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'

import { request } from '../client.ts'
import { turn } from '../turn.ts'
import { assertConnection, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

/** Several requests on their way over one connection. */
export const pipeliningTests: readonly ServerTest[] = [
  {
    name: 'answers pipelined requests all, the last one with the close header',
    exercises: 'three requests in one packet, the first answered ahead of the others, those in the reverse order',
    async run(stage) {
      const client = await stage.connect()
      client.send(request('GET /held').repeat(3))
      const [first, second, third] = [await stage.held(), await stage.held(), await stage.held()]
      const expectAnswer = async (body: string, connection: 'close' | 'keep-alive'): Promise<void> => {
        const answer = await client.answer()
        assertServed(answer, body)
        assertConnection(answer, connection)
      }

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      first.reply('first')
      await expectAnswer('first', 'keep-alive')
      // In which a connection that was taken for idle would be ended.
      await turn()
      third.reply('third')
      second.reply('second')
      await expectAnswer('second', 'keep-alive')
      await expectAnswer('third', 'close')

      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 3, finished: 3, cut: 0 })
    },
  },
  {
    name: 'answers a request in one packet with a probe ahead of it',
    exercises: 'a probe, which is answered before what is behind it has been read, and the close header after both',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.connect()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      client.send(request('GET /livez') + request('GET /'))

      const alive = await client.answer()
      assert.equal(alive.status, 200)
      assertConnection(alive, 'keep-alive')
      const last = await client.answer()
      assertServed(last, 'served')
      assertConnection(last, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { finished: 1, refused: 0, cut: 0 })
    },
  },
  {
    name: 'never hands on a request that comes behind a close header',
    exercises: 'a request sent after the head of a streamed answer that said `Connection: close`',
    async run(stage) {
      const client = await stage.connect()
      const other = await stage.connect()
      assertServed(await other.ask('GET /'), 'served')
      client.send(request('GET /held'))
      const call = await stage.held()
      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      const body = new PassThrough()
      call.reply(body)
      body.write('first, ')
      await client.hear('first, ')

      client.send(request('GET /held'))
      // Sent after it, and answered: so it has been read by then.
      assertServed(await other.ask('GET /'), 'served')
      await turn()
      body.end('last')

      assertServed(await client.answer(), 'first, last')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { refused: 1, cut: 0 })
      assert.equal(stage.heldCount, 1, 'the handler of a request without an answer was called')
    },
  },
]
