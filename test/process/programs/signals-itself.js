// Signals itself when it is ready, as whoever supervises it would from outside of its namespace.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({ shutdown: { lameDuck: false } })
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
say('started', { pid: process.pid })
process.kill(process.pid, 'SIGTERM')
