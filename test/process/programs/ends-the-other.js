// Two lifecycles: `web` serves, and `jobs` has to end the process when standard input ends. The argument says how.
import { once } from 'node:events'
import { createRequire } from 'node:module'

import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

/** @type {typeof import('@tidegate/core')} */
const other = createRequire(import.meta.url)('@tidegate/core')
const [how] = process.argv.slice(2)

const web = createLifecycle({
  service: { name: 'web' },
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { lameDuck: false, linger: '100ms', signals: false, close: '1s' },
})
const jobs = other.createLifecycle({
  service: { name: 'jobs' },
  dependencies: [
    {
      name: 'queue',
      warmUp: async () => {
        await once(process.stdin.resume(), 'end')
        if (how === 'cannot-warm-up') throw new Error('the queue is gone')
      },
      close: async () => webStarted,
    },
  ],
  warmUp: { onFailure: 'exit' },
  shutdown: { lameDuck: false, onCrash: 'drain', exit: how !== 'does-not-exit' },
})

async function startWeb() {
  const server = await web.listen(
    (request, response) => {
      say('asked')
      if (request.url === '/never') return
      web.on('drain', ({ step }) => step === 'linger-over' && response.end('the whole answer'))
    },
    0,
    '127.0.0.1',
  )
  await web.whenReady()
  say('listening', { port: portOf(server) })
}

/** @type {Promise<void> | undefined} */
let webStarted
if (how === 'before-the-other-starts') {
  jobs.on('phase', ({ phase }) => {
    if (phase === 'draining') webStarted = startWeb()
  })
} else await startWeb()
await jobs.start()
process.stdin.on('end', () => {
  if (how !== 'cannot-warm-up') throw new Error('the state is broken')
})
setInterval(() => {}, 60_000)
