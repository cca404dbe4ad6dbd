// Calls shutdown() itself, twice, when its standard input ends.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { openResources } from '../harness/open-resources.js'
import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

let checks = 0

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'pool',
      check: async () => {
        checks++
      },
      health: { interval: '50ms' },
      close: async () => {
        throw new Error('the pool is gone')
      },
    },
  ],
  shutdown: { linger: false },
})
const server = await lifecycle.listen((_request, response) => response.end('served'), 0, '127.0.0.1')
await lifecycle.whenReady()
say('listening', { port: portOf(server) })

await once(process.stdin.resume(), 'end')
const first = lifecycle.shutdown({ reason: 'a deploy' })
const second = lifecycle.shutdown({ reason: 'another' })
const record = await first
say('returned', {
  isSame: first === second,
  reason: record.reason,
  exitCode: record.exitCode,
  handlers: process.listenerCount('SIGTERM') + process.listenerCount('SIGINT'),
})
const checksSoFar = checks
const resources = openResources()
setTimeout(() => say('later', { checks: checks - checksSoFar, resources }), 500)
process.on('beforeExit', () => {
  say('nothing left to do')
  process.exitCode = 7
})
