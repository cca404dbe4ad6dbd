// Somebody holds the exit until the end of standard input.
import { createLifecycle, holdExit } from '@tidegate/core'

import { say } from '../harness/say.js'

const lifecycle = createLifecycle()
lifecycle.on('stopped', () => say('it has stopped'))
await lifecycle.start()
await lifecycle.whenReady()
const release = holdExit()
process.stdin.resume().once('end', () => {
  say('released')
  release()
})
setInterval(() => {}, 60_000)
say('started')
