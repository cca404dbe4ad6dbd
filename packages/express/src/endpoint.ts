import type { IncomingMessage } from 'node:http'

/** What Express adds to a request that it has found a route for. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path: unknown } | undefined
  readonly baseUrl?: string | undefined
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

/** The route that answers, the same object for all its requests; `undefined` outside of routes. */
export function routeOf(request: IncomingMessage): object | undefined {
  return (request as RoutedRequest).route
}

/** The pattern of the route that answers, with where its router is mounted. */
export function endpointPath(request: IncomingMessage): string {
  const { route, baseUrl = '', params = {} } = request as RoutedRequest
  return mountPath(baseUrl, params) + String(route?.path)
}

/** Express does not tell the pattern of a mount, only what it was in this request: what may be an id is left out. */
function mountPath(baseUrl: string, params: Readonly<Record<string, unknown>>): string {
  const toPattern = (segment: string): string => {
    const [name] = Object.entries(params).find(([, value]) => value === segment) ?? []
    if (name !== undefined) return `:${name}`
    return WORD.test(segment) ? segment : '*'
  }
  return baseUrl.split('/').map(toPattern).join('/')
}

const WORD = /^(?:v\d{1,3}|[a-z]{1,30}(?:[-_.][a-z]{1,30}){0,4})?$/i
