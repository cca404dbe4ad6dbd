// Its own shutdown() is under way until a signal comes.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle()
lifecycle.addHook('drain', async () => {
  await once(process, 'SIGTERM')
})
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
void lifecycle.shutdown({ reason: 'a deploy' })
say('leaving')
