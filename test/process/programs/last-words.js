// Its last words are long: 1 MiB, more than a pipe holds. The argument says who signals it.
import { performance } from 'node:perf_hooks'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

const word = JSON.stringify({ msg: 'last word', padding: 'x'.repeat(65_500) })

const lifecycle = createLifecycle({
  dependencies: [
    {
      name: 'pool',
      close: async () => {
        // At once: a pipe takes single lines as fast as they are read.
        process.stderr.write(`${word}\n`.repeat(16))
      },
    },
  ],
  shutdown: { lameDuck: false },
})
const signaller = process.argv[2]
let stoppedAt = 0
lifecycle.on('stopped', () => {
  stoppedAt = performance.now()
  if (signaller !== 'itself, twice') return
  setTimeout(() => {
    say('signalled again')
    process.kill(process.pid, 'SIGTERM')
  }, 20)
})
process.on('exit', () => say('exit', { flushedForMs: performance.now() - stoppedAt }))
await lifecycle.start()
await lifecycle.whenReady()
setInterval(() => {}, 60_000)
say('started')
if (signaller !== undefined) process.kill(process.pid, 'SIGTERM')
