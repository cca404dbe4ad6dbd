import assert from 'node:assert/strict'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import { request } from '../client.ts'
import { within } from '../within.ts'
import { assertRefused, assertRequests, assertServed } from './expectations.ts'
import type { ServerTest } from './server-test.ts'
import type { Stage } from './stage.ts'

const UPGRADE = request('GET /held', 'Connection: Upgrade', 'Upgrade: suite')
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: suite\r\n\r\n'
const EXPECTING = ['Expect: 100-continue', 'Content-Type: application/octet-stream', 'Content-Length: 5'] as const

/** What Node hands to listeners of its own, which the application has or has not. */
export const handshakeTests: readonly ServerTest[] = [
  {
    name: 'refuses an upgrade while warming, and lets it pass after',
    exercises: "`Upgrade` on two connections, and the server's own `upgrade` listener",
    setting: { warming: true },
    async run(stage) {
      const upgrades = switchProtocols(stage)
      const early = await stage.connect()
      early.send(UPGRADE)
      assertRefused(await early.answer())
      assert.equal(await early.closed, 'end')
      assert.equal(upgrades.count, 0, 'the application saw an upgrade while warming')

      stage.store.warm()
      await within(stage.lifecycle.whenReady(), () => 'the app to be ready')
      const client = await stage.connect()
      client.send(UPGRADE)
      await client.hear(SWITCHED)
      client.leave()
      // What stayed open would keep the end of the test waiting until the limit of what is long-lived.
      await within(upgrades.over(), () => 'the upgraded connection to be over')
    },
  },
  {
    name: 'ends an upgraded connection at the limit of what is long-lived, and not before',
    exercises: 'a connection that was upgraded, beside an idle one, during a drain with nothing else in flight',
    setting: { shutdown: { longLived: 500 } },
    async run(stage) {
      switchProtocols(stage)
      const idle = await stage.connect()
      const client = await stage.connect()
      client.send(UPGRADE)
      await client.hear(SWITCHED)

      const stopped = stage.shutdown()
      assert.equal(await idle.closed, 'end')
      await client.deliver('and ')
      client.send('back')
      await client.hear('and back')

      assert.equal(await client.closed, 'end')
      const { longLived, exitCode } = await stopped
      assert.deepEqual({ open: longLived.open, ended: longLived.ended, exitCode }, { open: 1, ended: 1, exitCode: 0 })
    },
  },
  {
    name: 'answers probes and keeps the gate ahead of whoever listens for `Expect: 100-continue`',
    exercises: "`Expect` with a probe and with an upload while warming, and the server's own `checkContinue` listener",
    setting: { warming: true },
    async run(stage) {
      const expectations = continueAll(stage)
      const prober = await stage.connect()
      prober.send(request('GET /livez', 'Expect: 100-continue'))
      assert.equal((await prober.answer()).status, 200)
      const early = await stage.connect()
      early.send(request('POST /held', ...EXPECTING))
      assertRefused(await early.answer())
      assert.equal(expectations.count, 0, 'the application saw a probe, or what the gate refuses')
      stage.store.warm()
    },
  },
  {
    name: 'answers an upload that waited to be asked for, and counts it once',
    exercises: '`Expect: 100-continue`, whose `checkContinue` listener hands the request on, in flight during a drain',
    async run(stage) {
      const expectations = continueAll(stage)
      const client = await stage.connect()
      client.send(request('POST /held', ...EXPECTING))
      assert.equal((await client.answer({ withoutBody: true })).status, 100)
      client.send('hello')
      const call = await stage.held()

      const stopped = stage.shutdown()
      await stage.reached('listener-closed')
      call.reply('whole')

      assertServed(await client.answer(), 'whole')
      assert.equal(await client.closed, 'end')
      assert.equal(expectations.count, 1)
      assertRequests(await stopped, { inFlight: 1, finished: 1, cut: 0 })
    },
  },
]

interface Seen {
  readonly count: number
}

interface SeenUpgrades extends Seen {
  /** Resolves when none of the connections is open any more. */
  over(): Promise<void>
}

/** Speaks a protocol of the suite's own from then on, which sends everything back. */
function switchProtocols({ server }: Stage): SeenUpgrades {
  const closes: Promise<void>[] = []
  ;(server as Server).on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    closes.push(new Promise((resolve) => socket.once('close', () => resolve())))
    socket.on('error', () => {})
    socket.write(SWITCHED)
    socket.pipe(socket)
  })
  return {
    get count() {
      return closes.length
    },
    over: async () => void (await Promise.all(closes)),
  }
}

/** Counts, and asks for what is waited with unless the framework does so itself: it would be handled twice. */
function continueAll({ server }: Stage): Seen {
  const seen = { count: 0 }
  const frameworkAsks = server.listenerCount('checkContinue') > 0
  ;(server as Server).on('checkContinue', (asked: IncomingMessage, response: ServerResponse) => {
    seen.count++
    if (frameworkAsks) return
    response.writeContinue()
    server.emit('request', asked, response)
  })
  return seen
}
