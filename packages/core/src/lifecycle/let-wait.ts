import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

import type { Exchange } from '../drain/connection.ts'
import type { HttpAnswer } from '../http-answer.ts'
import { writeAnswer } from '../probes/answers/write-answer.ts'
import { writeStreamAnswer } from '../probes/answers/write-stream-answer.ts'
import { waitingExchange, waitingStream } from './waiting-request.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** What is asked of the gate when the waiting is over. */
export interface Gatekeeper {
  /** What the request is refused with by others than the warm-up; `undefined` lets it pass. */
  refuse(method: string, url: string, exchange: Exchange, waited: boolean): HttpAnswer | undefined
  /** A request is refused. */
  countRefused(exchange: Exchange): void
}

/**
 * Lets a request wait in front of the application. False when there is no room.
 *
 * @param passOn is told whether it has been answered in the end, or has gone; if not, it is the application's.
 */
export function letRequestWait(
  room: WaitingRoom,
  keeper: Gatekeeper,
  request: IncomingMessage,
  response: ServerResponse,
  passOn: (answered: boolean) => void,
): boolean {
  const { method = 'GET', url = '/' } = request
  return room.enter(
    waitingExchange(request, response, {
      handOn() {
        const refusal = keeper.refuse(method, url, response, true)
        if (refusal !== undefined) writeAnswer(response, refusal, method)
        passOn(refusal !== undefined)
      },
      refuse(answer) {
        keeper.countRefused(response)
        writeAnswer(response, answer, method)
        passOn(true)
      },
      forget: () => passOn(true),
    }),
  )
}

/** The same for an HTTP/2 stream. */
export function letStreamWait(
  room: WaitingRoom,
  keeper: Gatekeeper,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  passOn: () => void,
): boolean {
  const method = headers[':method'] ?? 'GET'
  return room.enter(
    waitingStream(stream, {
      handOn() {
        const refusal = keeper.refuse(method, headers[':path'] ?? '/', stream, true)
        if (refusal === undefined) passOn()
        else writeStreamAnswer(stream, refusal, method)
      },
      refuse(answer) {
        keeper.countRefused(stream)
        writeStreamAnswer(stream, answer, method)
      },
      forget() {},
    }),
  )
}
