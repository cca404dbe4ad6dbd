import assert from 'node:assert/strict'
import { constants } from 'node:http2'

import { tellsThatItHasClosed } from '../server/either-protocol.ts'
import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Asked } from './http2-asked.ts'
import type { Http2Test } from './http2-test.ts'

export const http2SessionTests: readonly Http2Test[] = [
  {
    name: 'ends an idle session when the listener closes',
    exercises: 'a session used before the shutdown, long before the linger is over',
    // The drain ends with the last session, long before.
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()
      assertServed(await client.ask('GET /'), 'served')

      const stopped = stage.shutdown()
      assert.equal(await client.toldToGo, constants.NGHTTP2_NO_ERROR)
      await client.closed

      assertRequests(await stopped, { inFlight: 0, finished: 0, cut: 0 })
      assert.equal(stage.hasReached('linger-over'), false)
    },
  },
  {
    name: 'serves a session that has asked for nothing yet during the linger, and ends it then',
    exercises: 'the first request of a session, after the listener has closed',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      assertServed(await client.ask('GET /'), 'served')
      await client.closed

      assertRequests(await stopped, { inFlight: 0, finished: 1, refused: 0, cut: 0 })
      assert.equal(stage.hasReached('linger-over'), false)
    },
  },
  {
    name: 'serves all streams of a first packet that comes during the linger',
    exercises: 'five streams at once, on a session that has asked for nothing before the listener closed',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      const answers = Array.from({ length: 5 }, () => client.ask('GET /'))
      for (const answer of await Promise.all(answers)) assertServed(answer, 'served')
      await client.closed

      assertRequests(await stopped, { inFlight: 0, finished: 5, refused: 0, cut: 0 })
      assert.equal(stage.hasReached('linger-over'), false)
    },
  },
  {
    name: 'ends a session that never asks for anything after the linger',
    exercises: 'a session without a stream, whose client never hangs up itself',
    setting: { shutdown: { linger: 50 } },
    async run(stage) {
      const client = await stage.openSession()

      const stopped = stage.shutdown()
      assert.equal(await client.toldToGo, constants.NGHTTP2_NO_ERROR)
      await client.closed

      assertRequests(await stopped, { finished: 0, cut: 0 })
    },
  },
  {
    name: 'has a stream that comes behind the GOAWAY refused, so that its client may retry it',
    exercises: 'a stream that is opened before the GOAWAY has come, on a session with another in flight',
    setting: { shutdown: { linger: '5s' } },
    async run(stage) {
      const client = await stage.openSession()
      const answer = client.ask('GET /held')
      const call = await stage.held()
      const late = new Promise<Http2Asked>((resolve) => {
        stage.lifecycle.on('drain', ({ step }) => {
          if (step === 'listener-closed') resolve(client.send('GET /held'))
        })
      })

      const stopped = stage.shutdown()
      const refused = new RegExp(`code ${constants.NGHTTP2_REFUSED_STREAM},`)
      await assert.rejects((await late).answer, refused)
      call.reply('whole')

      assertServed(await answer, 'whole')
      assertRequests(await stopped, { inFlight: 1, finished: 1, refused: 0, cut: 0 })
      assert.equal(stage.heldCount, 1)
    },
  },
  {
    name: 'lets the server tell that it has closed, after the last answer',
    exercises: "the server's own `close` event",
    run: (stage) => tellsThatItHasClosed(stage, () => stage.openSession()),
  },
]
