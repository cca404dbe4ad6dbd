// Has no server: it takes jobs from a queue until the drain.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

/** @type {NodeJS.Timeout} */
let consumer

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'queue',
      warmUp: async () => {
        consumer = setInterval(() => {}, 60_000)
      },
      drain: async () => {
        clearInterval(consumer)
        // The job at hand is finished.
        await new Promise((resolve) => setTimeout(resolve, 50))
        say('queue drained')
      },
      close: async () => say('queue closed'),
    },
  ],
})
await lifecycle.start()
await lifecycle.whenReady()
say('started')
