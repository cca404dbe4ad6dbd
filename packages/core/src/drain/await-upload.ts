import type { IncomingMessage } from 'node:http'

import type { Connection } from './connection.ts'

/**
 * Reads on after an answer that came before the end of its upload, for so many milliseconds at most: closing with unread
 * data resets the connection, and the answer is lost with it.
 */
export function awaitUpload(
  connection: Connection,
  request: IncomingMessage,
  limitMs: number,
  onEnd: () => void,
): void {
  const { socket } = connection
  if (socket.destroyed) return
  connection.uploading = true
  const end = (): void => {
    clearTimeout(timer)
    if (!connection.uploading) return
    connection.uploading = false
    connection.answeredEarly = !request.complete
    connection.bytesRead = socket.bytesRead
    onEnd()
  }
  const timer = setTimeout(end, limitMs)
  request.once('close', end)
  request.resume()
}
