import { createServer } from 'node:http'

import { createTerminus, HealthCheckError } from '@tidegate/terminus'

import { createHandler } from './create-handler.js'
import { log, Store } from './store.js'

const store = new Store()
const server = createServer(createHandler(store))

createTerminus(server, {
  healthChecks: {
    '/health/live': async () => {},
    '/health/ready': async () => {
      await store.ping().catch((error) => {
        throw new HealthCheckError('not ready', [error])
      })
      return { store: 'up' }
    },
  },
  timeout: 5000,
  onSignal: () => store.close(),
})

server.listen(Number(process.env['PORT'] ?? 3000), () => log(`listening on ${JSON.stringify(server.address())}`))
