// Its own shutdown() is under way until a signal comes, in the step of its argument.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle()
lifecycle.addHook(process.argv[2] === 'close' ? 'close' : 'drain', async () => {
  say('leaving', { phase: lifecycle.phase })
  await once(process, 'SIGTERM')
})
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
void lifecycle.shutdown({ reason: 'a deploy' })
