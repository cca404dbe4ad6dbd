import { createTerminus } from '@godaddy/terminus'
import closeWithGrace from 'close-with-grace'
import { createHttpTerminator } from 'http-terminator'
import stoppable from 'stoppable'

/**
 * What manages the end of a server, each as its README says; Tidegate has done so before. As middleware it is used where
 * something else opens the port; Fastify has no other way.
 *
 * @type {Record<string, (server: import('node:http').Server) => unknown>}
 */
export const managers = {
  bare: () => {},
  tidegate: () => {},
  'tidegate as middleware': () => {},
  '@godaddy/terminus': (server) => createTerminus(server, { healthChecks: { '/healthz': async () => {} } }),
  stoppable: (server) => stoppable(server, 1000),
  'http-terminator': (server) => createHttpTerminator({ server }),
  'close-with-grace': () => closeWithGrace({ delay: 1000 }, async () => {}),
}
