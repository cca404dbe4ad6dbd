// A service. Its arguments are the framework that serves it, and its shutdown options, as JSON.
import { createLifecycle } from '@tidegate/core'

import { portOf } from '../harness/port-of.js'
import { say } from '../harness/say.js'

const [framework, options = '{}'] = process.argv.slice(2)
/** @type {{ serve: import('../harness/handler.ts').Serve }} */
const { serve } = await import(`./servers/${framework}.js`)
const lifecycle = createLifecycle({
  dependencies: [{ name: 'pool', close: async () => say('pool closed') }],
  shutdown: { linger: '100ms', ...JSON.parse(options) },
})

let signals = 0
let onThirdSignal = () => {}

const server = await serve(lifecycle, async (request, response) => {
  const untilTheDrain = (/** @type {string} */ rest) =>
    lifecycle.drainSignal.addEventListener('abort', () => response.end(rest))
  say('asked')
  switch (request.url) {
    case '/waits':
      untilTheDrain('the whole answer')
      break
    case '/streams':
      response.write('the ')
      untilTheDrain('whole answer')
      break
    case '/third-signal':
      onThirdSignal = () => response.end('the whole answer')
      break
    case '/never':
      break
    default:
      return 'served'
  }
})
await lifecycle.whenReady()

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    const { phase, ready } = lifecycle
    say('heard', { signal, phase, ready })
    signals++
    if (signals === 3) onThirdSignal()
    // The 500 ms within which Ctrl-C counts as the same are over.
    setTimeout(() => say('later'), 600)
  })
}
process.on('beforeExit', () => say('nothing left to do'))
say('listening', { port: portOf(server), ready: lifecycle.ready })
