// A shop that needs 3 s of loading, and whose first 200 requests cost 300 ms each. Counts whose they were. Arguments: its
// port, and what warms it: `nothing`, `gate` (loaded before it is ready) or `self-requests` (which it makes behind the gate).
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

import { createLifecycle } from '@tidegate/core'
import { isSelfRequest, selfRequests } from '@tidegate/warm-up'

const LOADING_MS = 3_000
const COLD_REQUESTS = 200
const COLD_MS = 300

const [port = '0', warmth = 'nothing'] = process.argv.slice(2)
const count = { clients: 0, coldClients: 0, self: 0 }
let served = 0

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function serve(request, response) {
  const isCold = served < COLD_REQUESTS
  served++
  if (isSelfRequest(request)) count.self++
  else {
    count.clients++
    if (isCold) count.coldClients++
  }
  if (isCold) await pause(COLD_MS)
  response.end('products')
}

if (warmth === 'nothing') {
  await pause(LOADING_MS)
  const server = createServer((request, response) => {
    if (request.url === '/healthz') response.end('pass')
    else void serve(request, response)
  })
  server.listen(Number(port), '127.0.0.1')
} else {
  const warm = warmth === 'self-requests' ? [selfRequests({ requests: ['/products'], dependsOn: ['catalogue'] })] : []
  /** @type {import('@tidegate/core').Lifecycle} */
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'catalogue', warmUp: ({ signal }) => pause(LOADING_MS, undefined, { signal }) }, ...warm],
    shutdown: { lameDuck: false },
    logger: false,
  })
  await lifecycle.listen(serve, Number(port), '127.0.0.1')
}
process.on('message', () => process.send?.(count))
process.on('disconnect', () => process.exit(0))
