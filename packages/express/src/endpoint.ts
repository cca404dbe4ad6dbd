import type { IncomingMessage } from 'node:http'

/** What Express adds to a request that it has found a route for. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: Route | undefined
  readonly baseUrl?: string | undefined
}

/** The same object for all requests of a route. Its path is a pattern, or a list of such. */
export interface Route {
  readonly path: unknown
}

/** The route that answers; `undefined` outside of routes. */
export function routeOf(request: IncomingMessage): Route | undefined {
  return (request as RoutedRequest).route
}

/** Whether the route is one of a router that is mounted under a path. */
export function isMounted(request: IncomingMessage): boolean {
  return Boolean((request as RoutedRequest).baseUrl)
}

/** Of a mount Express does not tell the pattern, only what a request has in its place: that is never shown. */
export function endpointPaths({ path }: Route, mounted: boolean): readonly string[] {
  return [path].flat(Infinity).map((pattern) => `${mounted ? '*' : ''}${String(pattern)}`)
}
