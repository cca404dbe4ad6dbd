import type { ServerHttp2Stream } from 'node:http2'

import type { HttpAnswer } from '../../http-answer.ts'

/** Writes the whole answer to an HTTP/2 stream and ends it before it returns. HEAD gets the length without the body. */
export function writeStreamAnswer(stream: ServerHttp2Stream, answer: HttpAnswer, method: string): void {
  // It is nobody else's: a client may reset it with any code, and an error that nobody listens to ends the process.
  stream.on('error', ignore)
  if (stream.destroyed || stream.closed) return
  const headers = { ':status': answer.status, ...answer.headers }
  if (method === 'HEAD') {
    stream.respond(headers, { endStream: true })
  } else {
    stream.respond(headers)
    stream.end(answer.body)
  }
}

function ignore(): void {}
