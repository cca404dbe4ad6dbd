// Calls shutdown() while a warm-up that never ends is under way.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', warmUp: () => new Promise(() => {}), close: async () => say('pool closed') }],
})
lifecycle.whenReady().catch((error) => say('not ready', { code: error.code }))
await lifecycle.start()
const { phase } = lifecycle
const { exitCode, steps } = await lifecycle.shutdown({ reason: 'changed my mind' })
process.on('beforeExit', () => say('nothing left to do'))
say('returned', { phase, exitCode, steps })
