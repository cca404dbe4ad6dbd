// One warm-up never ends. The argument says whether it minds its signal.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const minds = process.argv[2] === 'minds its signal'

const lifecycle = createLifecycle({
  dependencies: [
    { name: 'pool', warmUp: async () => {}, close: async () => say('pool closed') },
    {
      name: 'tables',
      dependsOn: ['pool'],
      warmUp: ({ signal }) =>
        new Promise((_, reject) => {
          say('warming')
          if (minds) signal.addEventListener('abort', () => reject(signal.reason))
        }),
      close: async () => say('tables closed'),
    },
    {
      name: 'catalog',
      dependsOn: ['tables'],
      warmUp: async () => say('catalog begun'),
      close: async () => say('catalog closed'),
    },
  ],
  shutdown: { lameDuck: false, linger: false },
})
lifecycle.whenReady().catch((error) => say('not ready', { code: error.code }))
const server = await lifecycle.listen(() => {}, 0, '127.0.0.1')
say('listening', { port: portOf(server) })
