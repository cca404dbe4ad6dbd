import { createServer } from 'node:http'

import { createTerminus, HealthCheckError, lifecycleOf } from '@tidegate/terminus'

import { createHandler } from './create-handler.js'
import { log, Store } from './store.js'

const store = new Store()
const server = createServer(createHandler(store))

createTerminus(server, {
  healthChecks: {
    '/health/live': async () => {},
    // Reads what is known: a probe asks the store nothing any more.
    '/health/ready': async () => {
      const { status, dependencies } = lifecycleOf(server).report()
      if (status === 'fail') throw new HealthCheckError('not ready', dependencies)
      return { store: 'up' }
    },
  },
  timeout: 5000,
  tidegate: {
    lifecycle: {
      // Checked in the background, closed when the last request has been answered: no `onSignal` is left.
      dependencies: [{ name: 'store', check: () => store.ping(), close: () => store.close() }],
      probes: {}, // /livez, /readyz, /startupz and /healthz, beside the old ones
    },
  },
})

server.listen(Number(process.env['PORT'] ?? 3000), () => log(`listening on ${JSON.stringify(server.address())}`))
