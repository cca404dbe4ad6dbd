// The argument says what goes wrong on the way out.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const fault = process.argv[2]

const lifecycle = createLifecycle({
  dependencies: [
    { name: 'database', close: async () => say('database closed') },
    {
      name: 'queue',
      dependsOn: ['database'],
      limits: { drain: '200ms', close: '200ms' },
      drain: async () => {
        if (fault === 'drain fails') throw new Error('the consumer is gone')
        if (fault === 'drain overruns') await new Promise(() => {})
      },
      close: async () => {
        if (fault === 'close fails') throw new Error('the broker is gone')
        if (fault === 'close overruns') await new Promise(() => {})
      },
    },
  ],
  shutdown: { lameDuck: false, linger: false },
})
for (const step of /** @type {const} */ (['drain', 'drained', 'close'])) {
  lifecycle.addHook(step, async function flushMetrics() {
    if (fault === `${step} hook fails`) throw new Error('the collector is gone')
  })
}
const server = await lifecycle.listen(() => {}, 0, '127.0.0.1')
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
