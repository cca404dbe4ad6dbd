// The argument says what it logs with.
import { createLifecycle } from '@tidegate/core'
import { pino } from 'pino'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle({
  logger: process.argv[2] === 'pino' ? pino(pino.destination(2)) : false,
  dependencies: [{ name: 'tables', warmUp: async ({ logger }) => logger.warn({ rows: 0 }, 'empty') }],
  shutdown: { lameDuck: false },
})
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
say('started')
