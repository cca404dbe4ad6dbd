import type { IncomingMessage } from 'node:http'

/** Longer ones may hold what a client put there to fill the log. */
const LONGEST = 80

/** `GET /path`, without the query, which may hold secrets. */
export function describeRoute(method = 'GET', url = '/'): string {
  return `${method} ${url.split('?', 1)[0]}`.slice(0, LONGEST)
}

/** Mounted routers take what they have matched from `url`; those of Express and connect keep all of it in `originalUrl`. */
export function describeRequest(request: IncomingMessage): string {
  const { method, url, originalUrl = url } = request as IncomingMessage & { readonly originalUrl?: string }
  return describeRoute(method, originalUrl)
}
