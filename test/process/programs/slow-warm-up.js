// Has no server, and its warm-up waits for something that does not hold the process.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'tables',
      warmUp: () =>
        new Promise((resolve) => {
          setTimeout(resolve, 300).unref()
        }),
    },
  ],
})
process.on('beforeExit', () => say('nothing left to do'))
await lifecycle.start()
await lifecycle.whenReady()
say('ready')
