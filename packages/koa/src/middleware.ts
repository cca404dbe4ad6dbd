import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is used of Koa's context, so that it fits every major of Koa, with or without its types. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** The pattern of the route that answers, as routers for Koa set it. */
  readonly _matchedRoute?: unknown
  respond?: boolean | undefined
  status: number
  body: unknown
  set(headers: Readonly<Record<string, string>>): void
}

export type Middleware = (context: KoaContext, next: () => Promise<unknown>) => unknown
