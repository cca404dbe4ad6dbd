import { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'

/** An answer of the application, as its headers are sent. */
export interface Answer {
  readonly status: number
  /** Whether it says when to come again. */
  readonly hasRetryAfter: boolean
  /** Milliseconds since the last of the request came that was read: its head, or of its body. */
  readonly elapsedMs: number
}

/**
 * Hears of the answer when its headers are sent, which is before the client can slow it down; of none when the client has
 * gone before. Headers given to `writeHead` can be seen nowhere else: `getHeader` does not know them.
 */
export function observeAnswer(exchange: ServerResponse | ServerHttp2Stream, onAnswer: (answer: Answer) => void): void {
  const lastCameAt = observeArrival(exchange instanceof ServerResponse ? exchange.req : exchange)
  const tell = (status: number, hasRetryAfter: boolean): void =>
    onAnswer({ status, hasRetryAfter, elapsedMs: performance.now() - lastCameAt() })
  if (exchange instanceof ServerResponse) observeResponse(exchange, tell)
  else observeStream(exchange, tell)
}

/**
 * When the last of the request came. Node hands what has come to `push`, and its end as null; the stream's own 'end' would
 * be as late as the handler reads.
 */
function observeArrival(request: Readable): () => number {
  let cameAt = performance.now()
  const { push } = request
  request.push = (...given) => {
    cameAt = performance.now()
    return push.apply(request, given)
  }
  return () => cameAt
}

type Tell = (status: number, hasRetryAfter: boolean) => void

function observeResponse(response: ServerResponse, tell: Tell): void {
  const { writeHead } = response as { writeHead(...given: unknown[]): ServerResponse }
  response.writeHead = (...given: unknown[]): ServerResponse => {
    const isAnswered = !response.headersSent && !response.destroyed && !response.req.socket.destroyed
    const written = writeHead.apply(response, given)
    if (isAnswered) tell(response.statusCode, response.hasHeader('retry-after') || isRetryAfterIn(given.at(-1)))
    return written
  }
}

function observeStream(stream: ServerHttp2Stream, tell: Tell): void {
  const { respond } = stream as { respond(...given: unknown[]): void }
  stream.respond = (...given: unknown[]): void => {
    const isAnswered = !stream.headersSent && !stream.destroyed && !stream.closed
    respond.apply(stream, given)
    if (isAnswered) tell(Number(stream.sentHeaders?.[':status'] ?? 200), isRetryAfterIn(given[0]))
  }
}

/** An object, or a list of names and values, flat or in pairs. */
function isRetryAfterIn(headers: unknown): boolean {
  const names = Array.isArray(headers) ? headers.flat() : Object.keys(headers ?? {})
  return names.some((name) => typeof name === 'string' && name.toLowerCase() === 'retry-after')
}
