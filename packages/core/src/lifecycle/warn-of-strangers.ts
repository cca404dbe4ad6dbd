import type { WebServer } from '../drain/watch-server.ts'
import type { Logger } from '../logger.ts'

/** Whoever was connected before the server was watched is a stranger. */
export function warnOfStrangers(server: WebServer, logger: Logger): void {
  server.getConnections((_, connections) => {
    if (connections === 0) return
    logger.warn(
      { connections },
      'the server was attached with connections open: they are waited for, but known, counted and told to go only from their next request on; attach the server before it listens',
    )
  })
}
