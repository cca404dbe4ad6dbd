// A server of WebSockets. Its first argument is its shutdown options, as JSON.
import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'
import { drainWebSockets } from '@tidegate/ws'
import { WebSocketServer } from 'ws'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { linger: '100ms', ...JSON.parse(process.argv[2] ?? '{}') },
})
const server = createServer()
const sockets = new WebSocketServer({ server })
drainWebSockets(lifecycle, sockets, { stagger: '100ms' })
sockets.on('connection', (client) => {
  client.on('close', (code) => say('client closed', { code, phase: lifecycle.phase }))
})

await lifecycle.listen(server, 0, '127.0.0.1')
await lifecycle.whenReady()
// The 500 ms within which Ctrl-C counts as the same are over.
process.on('SIGINT', () => setTimeout(() => say('later'), 600))
say('listening', { port: portOf(server) })
