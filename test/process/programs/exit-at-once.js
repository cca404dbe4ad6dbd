// Tells whether the exit waited for a timer once the last thing it had to wait for was over. The argument is that thing.
import { createHook } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const last = process.argv[2]
/** @type {{ what: string, at: number }[]} */
const happened = []
const note = (/** @type {string} */ what) => happened.push({ what, at: performance.now() })

/** @type {Set<number>} */
const timers = new Set()
createHook({
  init(id, type) {
    if (type === 'Timeout') timers.add(id)
  },
  before(id) {
    if (timers.has(id)) note('timer')
  },
}).enable()

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'pool',
      close: async () => {
        if (last === 'closed') await new Promise((resolve) => setTimeout(resolve, 300))
        note('closed')
      },
    },
  ],
  shutdown: { lameDuck: false, linger: '400ms' },
})
const server = await lifecycle.listen(
  (_request, response) => {
    // Node renews the date by a timer of its own.
    response.sendDate = false
    say('asked')
    if (last !== 'socket gone') response.end()
    else lifecycle.on('drain', ({ step }) => step === 'linger-over' && setTimeout(() => response.end(), 300))
  },
  0,
  '127.0.0.1',
)
server.on('connection', (socket) => socket.on('close', () => note('socket gone')))
// Behind the timers that are due in the same turn, as the drain's sweep may be: nobody has waited for those.
lifecycle.on('drain', ({ step }) => step === 'linger-over' && setImmediate(() => note('linger over')))
await lifecycle.whenReady()

process.on('exit', () => {
  note('exit')
  say('exit', { happened })
})
say('listening', { port: portOf(server) })
