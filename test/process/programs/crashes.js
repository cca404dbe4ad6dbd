// Crashes when its standard input ends. The arguments: how, and its shutdown options as JSON.
import { once } from 'node:events'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [how, options = '{}'] = process.argv.slice(2)

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
