import { once } from 'node:events'

import { createProxy } from './proxy.js'
import { createRotation } from './rotation.js'

/** @typedef {ReturnType<typeof createFront>} Front */

/**
 * What stands between the load and the shops.
 *
 * @param {Parameters<typeof createRotation>[0]} onChange
 */
export function createFront(onChange) {
  const rotation = createRotation(onChange)
  const proxy = createProxy(rotation.next)
  return {
    add: rotation.add,
    remove: rotation.remove,
    /**
     * @param {AbortSignal} signal
     * @returns {Promise<number>} the port to send requests to
     */
    async open(signal) {
      proxy.listen(0, '127.0.0.1')
      await once(proxy, 'listening', { signal })
      return /** @type {import('node:net').AddressInfo} */ (proxy.address()).port
    },
    close() {
      rotation.close()
      proxy.close()
      proxy.closeAllConnections()
    },
  }
}
