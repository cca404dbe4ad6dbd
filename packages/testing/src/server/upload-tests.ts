import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'

import { upload } from '../client.ts'
import { assertConnection, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'

const CHUNK = 'x'.repeat(64 * 1024)
const CHUNKS = 20

export const uploadTests: readonly ServerTest[] = [
  {
    name: 'reads an upload in flight to its end, and answers it',
    exercises: 'half a body before the shutdown, the other half during the drain',
    async run(stage) {
      const client = await stage.connect()
      client.send(`${upload('POST /held', 10)}hello`)
      const call = await stage.held()
      const body = text(call.request)

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      client.send('world')
      call.reply(`read ${await body}`)

      const answer = await client.answer()
      assertServed(answer, 'read helloworld')
      assertConnection(answer, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
  {
    name: 'does not reset an answer given before its upload was complete',
    exercises: 'an answer during the drain to a client that reads nothing before it has sent its 1.3 MB',
    setting: { shutdown: { linger: 500 } },
    async run(stage) {
      const client = await stage.connect()
      client.send(upload('POST /held', CHUNKS * CHUNK.length) + CHUNK)
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      call.reply('too large')
      // As most clients do, it reads nothing before it has sent everything.
      client.stopReading()
      for (let sent = 1; sent < CHUNKS; sent++) await client.deliver(CHUNK)
      client.readOn()

      const answer = await client.answer()
      assertServed(answer, 'too large')
      assertConnection(answer, 'close')
      assert.equal(await client.closed, 'end')
      assertRequests(await stopped, { finished: 1, cut: 0 })
    },
  },
  {
    name: 'does not wait for uploads that stop after their answers',
    exercises: 'clients that send half a body and no more, answered before the shutdown and during the drain',
    setting: { shutdown: { linger: 50 } },
    async run(stage) {
      const early = await stage.connect()
      early.send(`${upload('POST /held', 10)}hello`)
      const earlyCall = await stage.held()
      earlyCall.reply('too slow')
      assertServed(await early.answer(), 'too slow')
      // What comes after the answer is not taken for half a header.
      await early.deliver('wor')
      const late = await stage.connect()
      late.send(`${upload('POST /held', 10)}hello`)
      const lateCall = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('linger-over')
      lateCall.reply('too slow')
      assertServed(await late.answer(), 'too slow')

      for (const client of [early, late]) {
        const { heard } = client
        assert.equal(await client.closed, 'end')
        assert.equal(client.heard, heard, 'a second answer to one request')
      }
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]
