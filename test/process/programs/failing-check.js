// Has no server, and its check fails twice before it passes.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

let runs = 0

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'api',
      check: async () => {
        runs++
        if (runs < 3) throw new Error('connection refused')
      },
      health: { interval: '50ms', retryInterval: '50ms', rise: 1 },
    },
  ],
})
process.on('beforeExit', () => say('nothing left to do'))
await lifecycle.start()
await lifecycle.whenReady()
say('ready', { runs })
