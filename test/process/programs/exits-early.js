// Somebody ends the process before the shutdown is over. The arguments: who does it, and what the lifecycle logs with.
import { exit } from 'node:process'

import { createLifecycle } from '@tidegate/core'
import { pino } from 'pino'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [who = 'a listener', logger = 'default'] = process.argv.slice(2)
const loggers = { default: undefined, none: /** @type {const} */ (false), pino: pino(pino.destination(1)) }

function exitAtOnce() {
  process.exit(0)
}
// Before the lifecycle listens to it.
if (who === 'a listener') process.on('SIGTERM', exitAtOnce)

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { lameDuck: false, linger: '100ms' },
  logger: loggers[/** @type {keyof typeof loggers} */ (logger)],
})
const server = await lifecycle.listen(() => say('asked'), 0, '127.0.0.1')
lifecycle.on('drain', ({ step }) => {
  if (step !== 'linger-over') return
  switch (who) {
    case 'an import':
      exit(0)
      break
    case 'a timer':
      setTimeout(process.exit, 1, 0)
      break
    case 'a busy log':
      // More than a pipe holds.
      process.stderr.write('x'.repeat(1024 * 1024))
      exitAtOnce()
  }
})
lifecycle.on('stopped', () => {
  if (who === 'a subscriber') exitAtOnce()
})
await lifecycle.whenReady()
say('listening', { port: portOf(server) })
