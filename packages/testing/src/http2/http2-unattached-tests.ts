import { answersProbesOfEveryMethod } from '../server/either-protocol.ts'
import { assertRequests, assertServed } from '../server/expectations.ts'
import type { Http2Test } from './http2-test.ts'

/** What the adapter itself does: elsewhere probes and the gate are answered ahead of it. */
export const http2UnattachedTests: readonly Http2Test[] = [
  {
    name: 'answers probes on a server that nobody attached',
    exercises: "the adapter's own answer to the first stream of a server, and those to other sessions after it",
    setting: { attached: false },
    run: (stage) => answersProbesOfEveryMethod(() => stage.openSession()),
  },
  {
    name: 'drains a server that nobody attached',
    exercises: 'a shutdown while the first stream the adapter has ever seen is in flight',
    setting: { attached: false },
    async run(stage) {
      const client = await stage.openSession()
      const answer = client.ask('GET /held')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      call.reply('whole')

      assertServed(await answer, 'whole')
      await client.closed
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]
