// Two lifecycles, of which one leaves the signals to the program; it is shut down when standard input ends.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const web = createLifecycle({ service: { name: 'web' }, shutdown: { lameDuck: false } })
const jobs = createLifecycle({ service: { name: 'jobs' }, shutdown: { lameDuck: false, signals: false } })
for (const lifecycle of [web, jobs]) {
  await lifecycle.start()
  await lifecycle.whenReady()
}
say('started')
await once(process.stdin.resume(), 'end')
setInterval(() => {}, 60_000)
await jobs.shutdown()
