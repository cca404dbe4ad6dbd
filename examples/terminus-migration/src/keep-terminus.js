// For a team that has to keep @godaddy/terminus for now: it handles the signals, and the lifecycle does the rest.
import { createServer } from 'node:http'

import { createTerminus } from '@godaddy/terminus'
import { createLifecycle } from '@tidegate/core'
import { probeCheck, terminusOptions } from '@tidegate/terminus'

import { createHandler } from './create-handler.js'
import { log, Store } from './store.js'

const store = new Store()
const lifecycle = createLifecycle({
  dependencies: [{ name: 'store', check: () => store.ping(), close: () => store.close() }],
  shutdown: { signals: false },
})
const server = lifecycle.attach(createServer(createHandler(store)))

const healthChecks = {
  '/health/live': probeCheck(lifecycle, '/livez'),
  '/health/ready': probeCheck(lifecycle, '/readyz'),
}
createTerminus(server, terminusOptions(lifecycle, { healthChecks, timeout: 5000 }))

server.listen(Number(process.env['PORT'] ?? 3000), () => log(`listening on ${JSON.stringify(server.address())}`))
