import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'

import type { WebServer } from '@tidegate/core'

import type { Client } from '../client.ts'
import { assertRefused, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'
import type { Stage } from './stage.ts'

const PROBES = ['/livez', '/startupz', '/readyz', '/healthz'] as const

export const probeTests: readonly ServerTest[] = [
  {
    name: 'answers every probe by GET',
    exercises: '`GET` on each of the four paths, one connection',
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) {
        const { status, headers, body } = await client.ask(`GET ${path}`)
        assert.equal(status, 200, path)
        assert.match(headers.get('content-type') ?? '', /^application\/json/)
        assert.equal(headers.get('cache-control'), 'no-store')
        assert.equal(Number(headers.get('content-length')), body.length)
        assert.equal((JSON.parse(body) as { status: string }).status, 'pass')
      }
    },
  },
  {
    name: 'answers probes by HEAD, without a body',
    exercises: '`HEAD` with a `GET` behind it, whose answer would be misread after a body',
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) {
        const { status, headers } = await client.ask(`HEAD ${path}`)
        assert.equal(status, 200, path)
        assert.ok(Number(headers.get('content-length')) > 0)
        assertServed(await client.ask('GET /'), 'served')
      }
    },
  },
  {
    name: 'answers probes by OPTIONS',
    exercises: '`OPTIONS`, as HAProxy sends it',
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) await assertHealthy(client, `OPTIONS ${path}`)
    },
  },
  {
    name: 'answers probes whose target has a scheme and a host',
    exercises: '`GET http://test/healthz`, as it is sent to a proxy, and `https`',
    async run(stage) {
      const client = await stage.connect()
      for (const scheme of ['http', 'https']) await assertHealthy(client, `GET ${scheme}://test/healthz`)
    },
  },
  {
    name: 'answers probes over HTTP/1.0 without a Host',
    exercises: '`GET /healthz HTTP/1.0` and nothing else; the server ends the connection',
    async run(stage) {
      const client = await stage.connect()
      client.send('GET /healthz HTTP/1.0\r\n\r\n')
      assert.equal((await client.answer()).status, 200)
      assert.equal(await client.closed, 'end')
    },
  },
  {
    name: 'answers probes whose Host is an address',
    exercises: '`Host: 10.1.2.3:8080`, as kubelet and balancers send it',
    async run(stage) {
      const client = await stage.connect()
      client.send('GET /healthz HTTP/1.1\r\nHost: 10.1.2.3:8080\r\n\r\n')
      assert.equal((await client.answer()).status, 200)
    },
  },
  {
    name: 'answers probes with a query string or a slash at the end',
    exercises: '`?from=lb`, `/`, `/?from=lb`',
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) {
        for (const end of ['?from=lb', '/', '/?from=lb']) await assertHealthy(client, `GET ${path}${end}`)
      }
    },
  },
  {
    name: 'answers probes under a prefix only, when there is one',
    exercises: '`/internal/healthz`, and `/healthz` for the 404 of the framework',
    setting: { prefix: '/internal' },
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) {
        await assertHealthy(client, `GET /internal${path}`)
        assert.equal((await client.ask(`GET ${path}`)).status, 404)
      }
    },
  },
  {
    name: 'answers for one dependency, without its messages',
    exercises: '`/healthz/store` while its check passes and fails, and a name that no dependency has',
    async run(stage) {
      const client = await stage.connect()
      await assertHealthy(client, 'GET /healthz/store')

      await stage.bringStore('down')
      const failing = await client.ask('GET /healthz/store')
      assertRefused(failing)
      assert.ok(!failing.body.includes('was told to'), failing.body)
      // It is not critical.
      await assertHealthy(client, 'GET /healthz')
      assert.equal((await client.ask('GET /healthz/storage')).status, 404)
    },
  },
  {
    name: 'fails health while a critical dependency fails, and not readiness',
    exercises: 'the four probes and a route, while a check fails and after',
    setting: { critical: true },
    async run(stage) {
      const client = await stage.connect()

      await stage.bringStore('down')
      assertRefused(await client.ask('GET /healthz'))
      for (const path of ['/livez', '/startupz', '/readyz']) await assertHealthy(client, `GET ${path}`)
      assertServed(await client.ask('GET /'), 'served')

      await stage.bringStore('up')
      await assertHealthy(client, 'GET /healthz')
    },
  },
  {
    name: 'fails readiness and health while held, and goes on serving',
    exercises: '`lifecycle.hold`, and its release',
    async run(stage) {
      const client = await stage.connect()

      const release = stage.lifecycle.hold('as the test wants it')
      for (const path of ['/readyz', '/healthz']) assertRefused(await client.ask(`GET ${path}`))
      for (const path of ['/livez', '/startupz']) await assertHealthy(client, `GET ${path}`)
      assertServed(await client.ask('GET /'), 'served')

      release()
      for (const path of ['/readyz', '/healthz']) await assertHealthy(client, `GET ${path}`)
    },
  },
  {
    name: 'refuses other methods than those of probes',
    exercises: '`POST` on each of the four paths',
    async run(stage) {
      const client = await stage.connect()
      for (const path of PROBES) {
        const { status, headers } = await client.ask(`POST ${path}`)
        assert.equal(status, 405, path)
        assert.equal(headers.get('allow'), 'GET, HEAD, OPTIONS')
      }
    },
  },
  {
    name: 'answers probes ahead of an authentication hook',
    exercises: 'a hook of the framework that answers 401 to everything it sees',
    setting: { refuseWith: 401 },
    run: (stage) => assertAheadOfHooks(stage, 401),
  },
  {
    name: 'answers probes ahead of a rate limiter',
    exercises: 'a hook of the framework that answers 429 to everything it sees',
    setting: { refuseWith: 429 },
    run: (stage) => assertAheadOfHooks(stage, 429),
  },
  {
    name: "has ended the answer to a probe before the server's emit returns",
    exercises: "the server's own `emit`, watched from outside",
    async run(stage) {
      const ended = watchEmit(stage.server)
      const client = await stage.connect()
      for (const path of PROBES) await assertHealthy(client, `GET ${path}`)
      assert.deepEqual(
        ended,
        PROBES.map(() => true),
      )
    },
  },
]

async function assertHealthy(client: Client, target: string): Promise<void> {
  assert.equal((await client.ask(target)).status, 200, target)
}

async function assertAheadOfHooks(stage: Stage, refusal: number): Promise<void> {
  const client = await stage.connect()
  for (const method of ['GET', 'OPTIONS']) {
    for (const path of PROBES) await assertHealthy(client, `${method} ${path}`)
  }
  assert.equal((await client.ask('GET /')).status, refusal)
  assert.equal((await client.ask('GET /nothing-here')).status, refusal)
}

/** Whether each response had ended when the call that emitted its request returned. */
function watchEmit(server: WebServer): readonly boolean[] {
  const ended: boolean[] = []
  const emit = server.emit.bind(server) as (event: string, ...values: unknown[]) => boolean
  server.emit = (event: string, ...values: unknown[]): boolean => {
    const result = emit(event, ...values)
    if (event === 'request') ended.push((values[1] as ServerResponse).writableEnded)
    return result
  }
  return ended
}
