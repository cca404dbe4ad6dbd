// A service for @godaddy/terminus or @tidegate/terminus: the package, and what to do, are its arguments. What waits for
// something, a slow request or a hook, waits for the end of standard input.
import { createServer } from 'node:http'

import { portOf } from '../../harness/port-of.js'
import { say } from '../../harness/say.js'

/** @typedef {'resolves' | 'rejects' | 'throws' | 'waits' | 'hangs'} How */

/**
 * @typedef {object} Plan
 * @property {import('@tidegate/terminus').TerminusOptions} [options] those that are data
 * @property {Partial<Record<'beforeShutdown' | 'onSignal' | 'onShutdown' | 'onSigterm' | 'onSendFailureDuringShutdown', How>>} [hooks]
 * @property {boolean} [isClosed] whether the server does not listen
 * @property {string} [alsoHeard] a signal that the application listens to as well
 * @property {number} [servers] how many there are; default 1
 */

const [name = '', json = '{}'] = process.argv.slice(2)
/** @type {Pick<typeof import('@tidegate/terminus'), 'createTerminus'>} */
const { createTerminus } = await import(name)
/** @type {Plan} */
const { options = {}, hooks = {}, isClosed = false, alsoHeard, servers = 1 } = JSON.parse(json)

const goOn = new Promise((resolve) => {
  process.stdin.resume().once('end', () => resolve(undefined))
})

/**
 * @param {string} hook
 * @param {How} how
 * @returns {() => Promise<unknown>}
 */
function doing(hook, how) {
  return () => {
    say(hook)
    if (how === 'throws') throw new Error(`${hook} throws`)
    if (how === 'rejects') return Promise.reject(new Error(`${hook} rejects`))
    if (how === 'waits') return goOn.then(() => say(`${hook} goes on`))
    return how === 'hangs' ? new Promise(() => {}) : Promise.resolve()
  }
}

for (let count = 1; count <= servers; count++) {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    if (path === '/slow' || path === '/endless') {
      say('heard', { path })
      await goOn
      if (path === '/endless') return
    }
    response.end('served')
  })
  createTerminus(server, {
    ...options,
    ...Object.fromEntries(Object.entries(hooks).map(([hook, how]) => [hook, doing(hook, how)])),
    healthChecks: {
      '/ok': async ({ state }) => ({ ...state }),
      '/bad': async () => {
        throw new Error('bad')
      },
    },
    logger: (text, error) => say(text, { error: error.message }),
  })
  if (isClosed) say('not listening')
  else server.listen(0, '127.0.0.1', () => say('listening', { port: portOf(server) }))
}
if (alsoHeard !== undefined) {
  let heard = 0
  process.on(alsoHeard, () => {
    heard++
    say('also heard', { heard })
  })
}
