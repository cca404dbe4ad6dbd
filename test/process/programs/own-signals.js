// Leaves the signals to the program, which shuts down by itself.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({ shutdown: { signals: false, linger: false } })
const server = await lifecycle.listen(() => {}, 0, '127.0.0.1')
await lifecycle.whenReady()
const handlers = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
process.on('SIGTERM', () => {
  say('heard', { phase: lifecycle.phase })
  void lifecycle.shutdown({ reason: 'told to by my own handler' }).then(() => process.exit(3))
})
say('listening', { port: portOf(server), handlers })
