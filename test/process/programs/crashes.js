// Crashes when its standard input ends. The arguments: how, its shutdown options as JSON, and what it listens to itself.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [how, options = '{}', own] = process.argv.slice(2)

/** @type {Record<string, () => void>} */
const OWN = {
  reports: () =>
    process.on('uncaughtException', function report({ message }) {
      say('reported', { message })
    }),
  exits: () =>
    process.on('uncaughtException', function exitAtOnce() {
      process.exit(3)
    }),
  'catches rejections': () => process.on('unhandledRejection', () => say('caught')),
}
OWN[own ?? '']?.()

const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { lameDuck: false, linger: '100ms', ...JSON.parse(options) },
})
const crashed = once(process.stdin.resume(), 'end')
const lingerOver = new Promise((resolve) => {
  lifecycle.on('drain', ({ step }) => step === 'linger-over' && resolve(step))
})
const server = await lifecycle.listen(
  async (request, response) => {
    say('asked')
    if (request.url === '/never') return
    if (request.url === '/work') void lifecycle.waitUntil(new Promise(() => {}))
    else await Promise.all([crashed, lingerOver])
    response.end('the whole answer')
  },
  0,
  '127.0.0.1',
)
await lifecycle.whenReady()

process.stdin.on('end', () => {
  const error = new Error('the state is broken')
  if (how === 'throws') throw error
  void Promise.reject(error)
})
process.on('beforeExit', () => say('nothing left to do'))
say('listening', { port: portOf(server) })
