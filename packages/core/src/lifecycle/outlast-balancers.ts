import type { Logger } from '../logger.ts'

/** Node's own default counts as not given: it is shorter than any balancer's idle time, so we would close first. */
const NODE_KEEP_ALIVE_MS = 5_000
const KEEP_ALIVE_MS = 65_000
const USUAL_BALANCER_IDLE_MS = 60_000

/** Keeps idle connections open for longer than balancers do, who would send a request down one that is being closed. */
export function outlastBalancers(server: { keepAliveTimeout: number }, logger: Logger): void {
  const { keepAliveTimeout } = server
  if (keepAliveTimeout === NODE_KEEP_ALIVE_MS) {
    server.keepAliveTimeout = KEEP_ALIVE_MS
  } else if (keepAliveTimeout > 0 && keepAliveTimeout < USUAL_BALANCER_IDLE_MS) {
    logger.warn(
      { keepAliveTimeout },
      'server.keepAliveTimeout is shorter than the 60 s after which most balancers drop an idle connection: requests that cross its close are lost; raise it to 65000',
    )
  }
}
