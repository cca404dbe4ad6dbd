import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'

import type { OpenStream } from './connection.ts'

/**
 * Ends streams whose answers have been out for so many milliseconds and whose uploads have not ended, or have not been read.
 * NO_ERROR after a whole answer tells the client to stop its upload, and to keep the answer (RFC 9113, section 8.1).
 */
export function endAnswered(streams: ReadonlyMap<ServerHttp2Stream, OpenStream>, limitMs: number): void {
  const now = performance.now()
  for (const [stream, open] of streams) {
    if (!stream.writableFinished || stream.destroyed) continue
    open.answeredAt ??= now
    if (now - open.answeredAt < limitMs) continue
    stream.close(constants.NGHTTP2_NO_ERROR)
    // One whose upload is here, and that nobody reads, is closed and yet not gone.
    stream.destroy()
  }
}
