// A subscriber is async and rejects on the way out.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { lameDuck: false, linger: false },
})
/** @returns {unknown} */
const page = (/** @type {{ phase: string }} */ { phase }) =>
  phase === 'draining' ? Promise.reject(new Error('the pager is down')) : undefined
lifecycle.on('phase', page)
const server = await lifecycle.listen(() => {}, 0, '127.0.0.1')
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
