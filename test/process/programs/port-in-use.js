// Its port is taken. The argument says whether it gives up or takes another one.
import { once } from 'node:events'
import { createServer } from 'node:net'

import { createLifecycle } from '@tidegate/core'

import { openResources } from '../harness/open-resources.js'
import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const other = createServer().listen(0, '127.0.0.1')
await once(other, 'listening')

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', check: async () => {}, warmUp: async () => say('pool begun') }],
  shutdown: { lameDuck: false, linger: false },
})
const handler = (/** @type {unknown} */ _request, /** @type {import('node:http').ServerResponse} */ response) => {
  response.end('served')
}
const { code } = await lifecycle.listen(handler, portOf(other), '127.0.0.1').catch((error) => error)
const handlers = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
say('refused', { code, handlers, phase: lifecycle.phase })
other.close()

process.on('beforeExit', () => say('nothing left to do', { resources: openResources() }))
if (process.argv[2] === 'takes another') {
  const server = await lifecycle.listen(handler, 0, '127.0.0.1')
  await lifecycle.whenReady()
  say('listening', { port: portOf(server) })
}
