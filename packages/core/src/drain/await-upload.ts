import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import type { Connection } from './connection.ts'
import { endSocket } from './end-connection.ts'

/**
 * Reads on after an answer that came before the end of its upload, for so many milliseconds at most: closing with unread
 * data resets the connection, and the answer is lost with it (RFC 9112, section 9.6). Call it before Node has looked whether
 * that was the last answer.
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
    socket.off('close', end)
    request.off('close', end)
    connection.uploading = false
    connection.answeredEarly = !request.complete
    connection.bytesRead = socket.bytesRead
    if (connection.ending) endSocket(socket)
    onEnd()
  }
  const timer = setTimeout(end, limitMs)
  request.on('close', end)
  // A request whose answer is out hears nothing of it.
  socket.on('close', end)
  putOffEnd(socket, () => {
    connection.ending = true
  })
  // Whoever reads it may have paused it. What nobody has read yet Node discards by itself.
  if (request.listenerCount('data') + request.listenerCount('readable') === 0) request.resume()
}

/** Node calls this as soon as an answer with `Connection: close` is out, whatever is still coming. */
function putOffEnd(socket: Socket, onDue: () => void): void {
  socket.destroySoon = () => {
    delete (socket as { destroySoon?: unknown }).destroySoon
    onDue()
  }
  // It has been called by then, or is not going to be.
  process.nextTick(() => delete (socket as { destroySoon?: unknown }).destroySoon)
}
