import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * In terms of Node's own objects, so that it fits every major of Express, and leaves the types of a route's parameters to
 * the route.
 */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
