import type { WebServer } from '../drain/watch-server.ts'
import { LifecycleError } from '../errors.ts'

/**
 * Which of the lifecycle's servers a request to itself goes to.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when there is no such server.
 */
export function ownServer(servers: ReadonlyMap<WebServer, unknown>, server?: WebServer): WebServer {
  const [first] = servers.keys()
  const own = server ?? first
  if (own === undefined) {
    const advice =
      'call lifecycle.listen(app, port), or lifecycle.attach(server) before lifecycle.start(); Fastify does so with its plugin'
    throw new LifecycleError('TIDEGATE_CONFIG', `the lifecycle has no server to send requests to: ${advice}`)
  }
  if (!servers.has(own)) {
    const advice = 'give one that lifecycle.listen or lifecycle.attach was given, or leave it out'
    throw new LifecycleError('TIDEGATE_CONFIG', `the server to send requests to is none of the lifecycle's: ${advice}`)
  }
  return own
}
