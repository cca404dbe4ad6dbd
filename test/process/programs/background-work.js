// Each request leaves work behind, which is done when standard input ends. Its argument is its shutdown options, as JSON.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [{ name: 'mailer', close: async () => say('mailer closed') }],
  shutdown: { lameDuck: false, linger: '100ms', ...JSON.parse(process.argv[2] ?? '{}') },
})
async function sendMail() {
  await once(process.stdin.resume(), 'end')
  say('mail sent')
}
const server = await lifecycle.listen(
  (_request, response) => {
    void lifecycle.waitUntil(sendMail())
    response.end('accepted')
  },
  0,
  '127.0.0.1',
)
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
