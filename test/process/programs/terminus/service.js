// A service for @godaddy/terminus or @tidegate/terminus: the package, and what to do, are its arguments. What waits for
// something, a slow request or a hook, waits for the end of standard input.
import { createServer } from 'node:http'

import { createLifecycle } from '@tidegate/core'

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
 * @property {boolean} [besides] whether the process has a lifecycle of its own, too
 * @property {Partial<Record<'warmUp' | 'close', How>>} [pool] a dependency, for the lifecycle behind a server
 * @property {How} [closeHook] a hook of that lifecycle
 */

const [name = '', json = '{}'] = process.argv.slice(2)
/** @type {Pick<typeof import('@tidegate/terminus'), 'createTerminus' | 'lifecycleOf'>} */
const { createTerminus, lifecycleOf } = await import(name)
/** @type {Plan} */
const plan = JSON.parse(json)
const { options = {}, hooks = {}, isClosed = false, alsoHeard, servers = 1, besides = false, pool, closeHook } = plan

if (besides) {
  const lifecycle = createLifecycle({ logger: false })
  lifecycle.on('stopped', () => say('the other has stopped'))
  await lifecycle.start()
}

const goOn = new Promise((resolve) => {
  process.stdin.resume().once('end', () => resolve(undefined))
})

/**
 * @param {string} hook
 * @param {How} how
 * @returns {() => Promise<any>}
 */
function doing(hook, how) {
  return () => {
    say(hook)
    if (hook === 'beforeShutdown') setTimeout(() => say('half a second later'), 600).unref()
    if (how === 'throws') throw new Error(`${hook} throws`)
    if (how === 'rejects') return Promise.reject(new Error(`${hook} rejects`))
    if (how === 'waits') return goOn.then(() => say(`${hook} goes on`))
    return how === 'hangs' ? new Promise(() => {}) : Promise.resolve()
  }
}

/** What is under `tidegate` there. */
function own() {
  if (pool === undefined) return options.tidegate
  const steps = Object.entries(pool).map(([step, how]) => [step, doing(`${step} of pool`, how)])
  const { tidegate: { lifecycle = {} } = {} } = options
  return {
    ...options.tidegate,
    lifecycle: { ...lifecycle, dependencies: [{ name: 'pool', ...Object.fromEntries(steps) }] },
  }
}

process.on('uncaughtExceptionMonitor', (_error, origin) => say('crashed', { origin }))

for (let count = 1; count <= servers; count++) {
  const server = createServer((request, response) => {
    const { url: path = '/' } = request
    if (path === '/throw') throw new Error('thrown')
    if (path === '/slow' || path === '/endless') {
      say('heard', { path })
      if (path === '/slow') void goOn.then(() => response.end('served'))
    } else response.end('served')
  })
  createTerminus(server, {
    ...options,
    ...(pool !== undefined && { tidegate: own() }),
    ...Object.fromEntries(Object.entries(hooks).map(([hook, how]) => [hook, doing(hook, how)])),
    healthChecks: {
      '/ok': async ({ state }) => ({ ...state }),
      '/bad': async () => {
        throw new Error('bad')
      },
    },
    logger: (text, error) => say(text, { error: error.message }),
  })
  if (closeHook !== undefined) lifecycleOf(server).addHook('close', doing('close hook', closeHook))
  if (isClosed) say('not listening')
  else server.listen(0, '127.0.0.1', () => say('listening', { port: portOf(server) }))
}
if (alsoHeard !== undefined) {
  let hasHeard = false
  process.on(alsoHeard, () => {
    // Sent once more in the end, it is heard or not: by then there may be nothing left to wait for.
    if (!hasHeard) say('also heard')
    hasHeard = true
  })
}
