// Has found by itself that something is wrong; its shutdown is clean.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({ shutdown: { lameDuck: false } })
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
process.exitCode = 3
say('started')
