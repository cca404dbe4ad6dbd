import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

import type { HttpAnswer } from '../../http-answer.ts'

/** Writes the whole answer to a connection that node's parser has let go of, as it does for `Upgrade` and CONNECT, and ends it. */
export function writeRawAnswer(socket: Duplex, { status, headers, body }: HttpAnswer): void {
  const fields = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields, '', body].join('\r\n'))
}
