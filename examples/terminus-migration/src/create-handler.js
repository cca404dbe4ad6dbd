import { setTimeout as pause } from 'node:timers/promises'

import { log } from './store.js'

/**
 * The application: the same in every step. `/orders?slowly` takes a while, to be in flight at a SIGTERM.
 *
 * @param {import('./store.js').Store} store
 * @returns {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void}
 */
export function createHandler(store) {
  return (request, response) => {
    answer(request.url ?? '/').then(
      (body) => response.end(body),
      () => response.writeHead(500).end(),
    )
  }

  /** @param {string} url */
  async function answer(url) {
    if (url.endsWith('?slowly')) {
      log('asked')
      await pause(300)
    }
    return JSON.stringify(await store.orders())
  }
}
