import type { ServerResponse } from 'node:http'

import type { HttpAnswer } from '../../http-answer.ts'

/** Writes the whole answer and ends the response before it returns. HEAD gets the length without the body. */
export function writeAnswer(response: ServerResponse, answer: HttpAnswer, method: string): void {
  response.writeHead(answer.status, answer.headers)
  // Node drops the body of an answer to HEAD, but throws for it with `rejectNonStandardBodyWrites`.
  if (method === 'HEAD') response.end()
  else response.end(answer.body)
}
