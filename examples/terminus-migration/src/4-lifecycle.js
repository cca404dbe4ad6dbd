import { createLifecycle } from '@tidegate/core'

import { createHandler } from './create-handler.js'
import { log, Store } from './store.js'

const store = new Store()

const lifecycle = createLifecycle({
  dependencies: [{ name: 'store', check: () => store.ping(), close: () => store.close() }],
  // The old paths, so that no manifest has to change on the same day.
  probes: { paths: { live: '/health/live', ready: '/health/ready' } },
  shutdown: { gracePeriod: '30s', requests: '5s' },
})

const server = await lifecycle.listen(createHandler(store), Number(process.env['PORT'] ?? 3000))
log(`listening on ${JSON.stringify(server.address())}`)
