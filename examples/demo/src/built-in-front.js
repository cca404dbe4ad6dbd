import { once } from 'node:events'

import { createProxy } from './proxy.js'
import { createRotation } from './rotation.js'

/**
 * The demo's own balancer.
 *
 * @type {import('./fronts.js').OpenFront}
 */
export async function openBuiltInFront({ onChange, signal }) {
  const rotation = createRotation(onChange)
  const proxy = createProxy(rotation.next).listen(0, '127.0.0.1')
  await once(proxy, 'listening', { signal })
  const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address())
  return {
    port,
    add: rotation.add,
    remove: rotation.remove,
    async close() {
      rotation.close()
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}
