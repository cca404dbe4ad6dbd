import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'

/** On what the service has opened to itself. No client can send it; other copies of this package know it, too. */
const SELF: unique symbol = Symbol.for('tidegate.self')

type Marked = object & { [SELF]?: true }

/** A request as Node hands it to handlers. */
export type SelfRequestSubject = IncomingMessage | Http2ServerRequest | ServerHttp2Stream

export function markSelf(target: object): void {
  ;(target as Marked)[SELF] = true
}

export function isSelf(target: object | undefined): boolean {
  return target !== undefined && SELF in target
}

/**
 * Whether the service asks itself this, over `connectToSelf`. It depends on the connection and on nothing that is sent, so
 * no client can pretend to it. Takes Node's own request: `request.raw` of Fastify, `ctx.req` of Koa.
 */
export function isSelfRequest(request: SelfRequestSubject): boolean {
  const { stream, socket } = request as { readonly stream?: object; readonly socket?: object }
  return isSelf(request) || isSelf(stream) || isSelf(socket)
}
