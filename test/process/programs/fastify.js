// A Fastify app, which is closed when its standard input ends. Its first argument is its shutdown options, as JSON.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'
import { tidegate } from '@tidegate/fastify'
import { fastify } from 'fastify'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { linger: '100ms', ...JSON.parse(process.argv[2] ?? '{}') },
})
const closeAsked = once(process.stdin.resume(), 'end')

const app = fastify()
await app.register(tidegate, { lifecycle })
app.addHook('onClose', async () => {
  await new Promise((resolve) => setTimeout(resolve, 50))
  say('plugin closed')
})
app.get('/', async () => 'served')
app.get('/until-the-drain', async () => {
  say('asked')
  await once(lifecycle.drainSignal, 'abort')
  return 'the whole answer'
})
app.get('/until-both', async () => {
  const signalled = once(process, 'SIGTERM')
  say('asked')
  await Promise.all([signalled, closeAsked])
  // Until app.close() is under way.
  await new Promise((resolve) => setTimeout(resolve, 50))
  return 'the whole answer'
})

await app.listen({ port: 0, host: '127.0.0.1' })
await lifecycle.whenReady()
say('listening', { port: portOf(app.server) })

await closeAsked
await app.close()
say('app closed', { phase: lifecycle.phase })
process.on('beforeExit', () => say('nothing left to do'))
