// A lifecycle that was never started.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

createLifecycle({ dependencies: [{ name: 'pool', check: async () => {}, close: async () => say('pool closed') }] })
say('idle', { handlers: process.listenerCount('SIGTERM'), resources: process.getActiveResourcesInfo() })
setInterval(() => {}, 60_000)
