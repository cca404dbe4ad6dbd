// The second dependency fails to warm up twice. The argument is `warmUp.onFailure`.
import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const onFailure = process.argv[2] === 'exit' ? 'exit' : 'wait'
let attempts = 0

const lifecycle = createLifecycle({
  dependencies: [
    { name: 'pool', warmUp: async () => {}, close: async () => say('pool closed') },
    {
      name: 'tables',
      dependsOn: ['pool'],
      warmUp: async () => {
        attempts++
        if (attempts < 3) throw new Error(`no tables, attempt ${attempts}`)
      },
      close: async () => say('tables closed'),
    },
    { name: 'catalog', dependsOn: ['tables'], close: async () => say('catalog closed') },
  ],
  warmUp: { onFailure, retry: { initial: '20ms' } },
  shutdown: { lameDuck: false, linger: false },
})
await lifecycle.listen(() => {}, 0, '127.0.0.1')
lifecycle.whenReady().then(
  () => say('ready', { attempts }),
  (error) => say('not ready', { code: error.code, attempts }),
)
