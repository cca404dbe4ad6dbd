// Listens on what whoever started it has bound, or shares the port of its argument.
import { once } from 'node:events'

import { createLifecycle, inheritedListener } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const port = Number(process.argv[2] ?? 0)
const shared = /** @type {import('node:net').ListenOptions} */ ({ port, host: '127.0.0.1', reusePort: true })

const lifecycle = createLifecycle({ shutdown: { lameDuck: false, linger: '200ms' } })
await lifecycle.start()
// Two processes share the connections: each has to be ready for its own.
await lifecycle.whenReady()
const server = await lifecycle.listen(async (request, response) => {
  if (request.url === '/slow') {
    say('asked')
    await once(lifecycle.drainSignal, 'abort')
  }
  response.end(String(process.pid))
}, inheritedListener() ?? shared)
say('listening', { port: portOf(server), pid: process.pid })
