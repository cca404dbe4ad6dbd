import { constants } from 'node:http2'
import type { ServerHttp2Stream } from 'node:http2'

import type { Connection } from './connection.ts'
import { countCut } from './count-cut.ts'
import { describeCut } from './describe-cut.ts'
import type { DrainCount } from './drain-count.ts'
import { refuseWrites } from './end-cleanly.ts'

/** Destroys some of the streams of a session, which goes on with the others, and counts them. */
export function cutStreams(connection: Connection, streams: readonly ServerHttp2Stream[], count: DrainCount): void {
  countCut(describeCut(connection, streams), count)
  for (const stream of streams) {
    // Node tells every stream of such a code as an error. Clients of its own take CANCEL for a whole answer.
    stream.on('error', () => {})
    // Node would end the stream before it resets it, and what was cut would look whole.
    refuseWrites(stream)
    stream.close(stream.writableFinished ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_INTERNAL_ERROR)
    stream.destroy()
  }
}
