import assert from 'node:assert/strict'
import type { ServerHttp2Stream } from 'node:http2'

import type { WebServer } from '@tidegate/core'

import type { Http2Client } from './http2-client.ts'
import type { Http2Test } from './http2-test.ts'

const PROBES = ['/livez', '/startupz', '/readyz', '/healthz']

export const http2ProbeTests: readonly Http2Test[] = [
  {
    name: 'answers every probe by GET, and by HEAD without a body',
    exercises: '`GET` and `HEAD` on each of the four paths, one session',
    async run(stage) {
      const client = await stage.openSession()
      for (const path of PROBES) {
        const answer = await client.ask(`GET ${path}`)
        assert.equal(answer.status, 200, path)
        assert.equal(answer.headers.get('cache-control'), 'no-store')
        assert.equal((JSON.parse(answer.body) as { status: string }).status, 'pass')
        const head = await client.ask(`HEAD ${path}`)
        assert.deepEqual({ status: head.status, body: head.body }, { status: 200, body: '' }, path)
      }
    },
  },
  {
    name: 'answers probes by OPTIONS',
    exercises: '`OPTIONS` on each of the four paths',
    run: async (stage) => assertHealthy(await stage.openSession(), 'OPTIONS'),
  },
  {
    name: 'answers probes ahead of a hook that refuses everything',
    exercises: 'a hook of the framework that answers 401 to everything it sees',
    setting: { refuseWith: 401 },
    async run(stage) {
      const client = await stage.openSession()
      for (const method of ['GET', 'OPTIONS']) await assertHealthy(client, method)
      assert.equal((await client.ask('GET /')).status, 401)
    },
  },
  {
    name: "has ended the answer to a probe before the server's emit returns",
    exercises: "the server's own `emit` of `stream`, watched from outside",
    async run(stage) {
      const ended = watchEmit(stage.server)
      await assertHealthy(await stage.openSession(), 'GET')
      assert.deepEqual(
        ended,
        PROBES.map(() => true),
      )
    },
  },
]

async function assertHealthy(client: Http2Client, method: string): Promise<void> {
  for (const path of PROBES) assert.equal((await client.ask(`${method} ${path}`)).status, 200, `${method} ${path}`)
}

/** Whether each stream had ended when the call that emitted it returned. */
function watchEmit(server: WebServer): readonly boolean[] {
  const ended: boolean[] = []
  const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean
  server.emit = (event: string, ...values: unknown[]): boolean => {
    const result = emit(event, ...values)
    if (event === 'stream') ended.push((values[0] as ServerHttp2Stream).writableEnded)
    return result
  }
  return ended
}
