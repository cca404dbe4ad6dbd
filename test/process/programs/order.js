// Says every step of the shutdown as it happens.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const dependency = (/** @type {string} */ name, /** @type {number} */ closeMs, /** @type {string[]} */ dependsOn) => ({
  name,
  dependsOn,
  drain: async () => say(`drain ${name}`),
  close: async () => {
    await new Promise((resolve) => setTimeout(resolve, closeMs))
    say(`close ${name}`)
  },
})

const lifecycle = createLifecycle({
  // What closes first takes longest: only waiting keeps the order.
  dependencies: [
    dependency('database', 20, []),
    dependency('cache', 60, ['database']),
    dependency('catalog', 100, ['cache']),
  ],
  shutdown: { lameDuck: '100ms', linger: false },
})
for (const step of /** @type {const} */ (['close', 'drained', 'drain'])) {
  lifecycle.addHook(step, async () => say(`${step} hook`))
}
lifecycle.on('phase', ({ phase }) => say(`phase ${phase}`))
lifecycle.on('drain', ({ step }) => say(step))
lifecycle.on('stopped', () => say('stopped'))

const server = await lifecycle.listen(
  (_request, response) => {
    say('asked')
    lifecycle.drainSignal.addEventListener('abort', () => {
      response.on('close', () => say('answered'))
      setTimeout(() => response.end('answered'), 50)
    })
  },
  0,
  '127.0.0.1',
)
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
