import type { Connection } from './connection.ts'
import { countCut } from './count-cut.ts'
import { describeCut } from './describe-cut.ts'
import type { DrainCount } from './drain-count.ts'

/** Destroys it with all that goes on there, and counts that. */
export function cutConnection(connection: Connection, count: DrainCount): void {
  count.cutConnections++
  countCut(describeCut(connection), count)
  // A session that has been told to close only ends its socket when it is destroyed, and waits for a client that may be gone.
  connection.session?.destroy()
  connection.socket.destroy()
}
