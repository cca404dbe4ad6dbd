import type { ServerResponse } from 'node:http'
import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'

import type { Connection, Exchange } from './connection.ts'
import { isLongLived } from './long-lived.ts'

/** What a write gets whose socket is destroyed meanwhile. */
const OWN_END = 'ECANCELED'

/**
 * Notices what something else in the process leaves unanswered by destroying its connection, as
 * `server.closeAllConnections()` and `session.destroy()` do. A client that has left has ended its side, or the socket has its
 * error.
 */
export class LostRequests {
  readonly #onLost: (connection: Connection, lost: readonly Exchange[]) => void
  readonly #watched = new WeakSet<Connection>()
  readonly #ended = new WeakSet<Connection>()

  constructor(onLost: (connection: Connection, lost: readonly Exchange[]) => void) {
    this.#onLost = onLost
  }

  /** Something is asked on this connection. */
  watch(connection: Connection): void {
    if (this.#watched.has(connection)) return
    this.#watched.add(connection)
    // Ahead of whoever settles its responses.
    connection.socket.prependListener('close', () => this.#judge(connection, connection.responses))
  }

  /** It is going to be destroyed by the drain itself. */
  leaveOut(connection: Connection): void {
    this.#ended.add(connection)
  }

  /** Node 20 closes an answer that it was still sending ahead of the socket, and says that it has finished. */
  answered(connection: Connection, response: ServerResponse): void {
    if (connection.socket.destroyed && response.writableEnded) this.#judge(connection, [response])
  }

  /** A session that its client leaves, or that has an error, closes its streams with a code. */
  streamClosed(connection: Connection, stream: ServerHttp2Stream): void {
    if (this.#ended.has(connection) || connection.session?.destroyed !== true) return
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.errored !== null) return
    if (!stream.writableFinished && !isLongLived(stream)) this.#onLost(connection, [stream])
  }

  #judge(connection: Connection, responses: readonly ServerResponse[]): void {
    if (this.#ended.has(connection) || !wasDestroyedHere(connection.socket)) return
    const lost = responses.filter((response) => !isLongLived(response) && !wasGivenUp(response))
    if (lost.length > 0) this.#onLost(connection, lost)
  }
}

function wasDestroyedHere({ readableEnded, errored }: Socket): boolean {
  return !readableEnded && (errored === null || (errored as NodeJS.ErrnoException).code === OWN_END)
}

/** By its own handler, which has destroyed the response or the rest of the request. */
function wasGivenUp({ destroyed, writableEnded, req }: ServerResponse): boolean {
  return (destroyed && !writableEnded) || (req.destroyed && !(req.complete && req.readableEnded))
}
