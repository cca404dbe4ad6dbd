import { createTerminus } from '@godaddy/terminus'
import closeWithGrace from 'close-with-grace'
import { createHttpTerminator } from 'http-terminator'
import stoppable from 'stoppable'

/** @typedef {import('node:http').Server} Server */

/**
 * What else manages the end of a server, each as its README says.
 *
 * @type {ReadonlyMap<string, (server: Server) => unknown>}
 */
export const managers = new Map([
  ['bare', () => {}],
  ['tidegate', () => {}],
  ['@godaddy/terminus', (server) => createTerminus(server, { healthChecks: { '/healthz': async () => {} } })],
  ['stoppable', (server) => stoppable(server, 1000)],
  ['http-terminator', (server) => createHttpTerminator({ server })],
  ['close-with-grace', () => closeWithGrace({ delay: 1000 }, async () => {})],
])
