// One request never ends, and one dependency neither drains nor closes.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'queue',
      drain: () => new Promise(() => {}),
      close: () => {
        say('closing')
        return new Promise(() => {})
      },
    },
  ],
  shutdown: { gracePeriod: '2m', close: '1m' },
})
const server = await lifecycle.listen(() => say('asked'), 0, '127.0.0.1')
process.on('SIGINT', () => {
  say('heard')
  setTimeout(() => say('later'), 600)
})
say('listening', { port: portOf(server) })
