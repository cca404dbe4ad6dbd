// Two lifecycles, of two copies of the package. The first argument is the one that fails, the second the last to stop.
import { createRequire } from 'node:module'

import { createLifecycle } from '@tidegate/core'

import { say } from '../harness/say.js'

/** @type {typeof import('@tidegate/core')} */
const other = createRequire(import.meta.url)('@tidegate/core')
const [failing, last] = process.argv.slice(2)

const lifecycles = { web: createLifecycle(settings('web')), jobs: other.createLifecycle(settings('jobs')) }
const first = last === 'web' ? lifecycles.jobs : lifecycles.web
const firstStopped = new Promise((resolve) => {
  first.on('stopped', () => setTimeout(resolve, 100))
})

/**
 * @param {string} name
 * @returns {import('@tidegate/core').LifecycleOptions}
 */
function settings(name) {
  return {
    service: { name },
    dependencies: [
      {
        name: 'pool',
        close: async () => {
          if (name === last) await firstStopped
          if (name === failing) throw new Error('the pool is gone')
        },
      },
    ],
    shutdown: { lameDuck: false },
  }
}

for (const [name, lifecycle] of Object.entries(lifecycles)) {
  lifecycle.on('stopped', ({ exitCode }) => say(`${name} stopped`, { exitCode }))
  await lifecycle.start()
  await lifecycle.whenReady()
}
setInterval(() => {}, 60_000)
say('started', { areTwoCopies: createLifecycle !== other.createLifecycle })
