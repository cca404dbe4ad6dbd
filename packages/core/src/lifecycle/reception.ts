import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'

import type { RequestEvent, WatchedServer } from '../drain/watch-server.ts'
import { writeAnswer } from '../probes/answers/write-answer.ts'
import { writeRawAnswer } from '../probes/answers/write-raw-answer.ts'
import { writeStreamAnswer } from '../probes/answers/write-stream-answer.ts'
import { IMMEDIATE_FAIL } from '../probes/envoy.ts'
import { isSelf, markSelf } from '../self/self-mark.ts'
import type { Arrivals } from './arrivals.ts'
import type { Judge } from './judge.ts'
import { letRequestWait, letStreamWait } from './let-wait.ts'
import type { MainGate } from './main-gate.ts'

/** Receives what the watched servers emit, ahead of their listeners: true keeps it from those, at least for now. */
export class Reception {
  readonly #arrivals: Arrivals
  readonly #gate: MainGate
  readonly #judge: Judge

  constructor(arrivals: Arrivals, gate: MainGate, judge: Judge) {
    this.#arrivals = arrivals
    this.#gate = gate
    this.#judge = judge
  }

  intercept(request: IncomingMessage, response: ServerResponse, event: RequestEvent, watched: WatchedServer): boolean {
    // The compatibility layer's form of a stream, which has been judged.
    if (request.httpVersionMajor === 2) return this.#judge.takesOwn(request, response)
    if (isSelf(request.socket)) return false
    const { traffic, drain } = this.#arrivals
    const connection = traffic.of(request.socket)
    if (connection !== undefined) {
      const { responses } = connection
      // A checkContinue listener hands the same response on as a 'request'.
      if (responses.length > 0 && responses.includes(response)) return false
      if (drain !== undefined && !drain.admits(connection)) {
        request.resume()
        return true
      }
      this.#arrivals.begin(connection, response)
    }
    if (this.#judge.takesOwn(request, response)) return true
    const answer = this.#judge.judgeRequest(request, response)
    if (answer === undefined) return false
    if (this.#gate.mayWait(answer) && this.#letWait(request, response, event, watched)) return true
    writeAnswer(response, answer, request.method ?? 'GET')
    return true
  }

  interceptUpgrade(request: IncomingMessage, socket: Duplex): boolean {
    const answer = this.#judge.judgeUpgrade(request)
    if (answer === undefined) {
      // One that a test has made up, as injectWS of @fastify/websocket does, has come by no connection.
      if (request.socket === socket) this.#arrivals.traffic.upgrade(request)
      return false
    }
    const { status, headers, body } = answer
    writeRawAnswer(socket, { status, body, headers: { ...headers, ...(this.#arrivals.tellsEnvoy && IMMEDIATE_FAIL) } })
    return true
  }

  interceptStream(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: unknown,
    rawHeaders: unknown,
    watched: WatchedServer,
  ): boolean {
    if (this.#arrivals.traffic.isOwn(stream)) {
      // A stream that has ended knows its session no more.
      markSelf(stream)
      return false
    }
    this.#arrivals.beginStream(stream, headers)
    const method = headers[':method'] ?? 'GET'
    const url = headers[':path'] ?? '/'
    // It comes once more, as a request of the compatibility layer.
    if (this.#judge.leavesToOwn(url, stream)) return false
    const answer = this.#judge.judgeStream(method, url, headers, stream)
    if (answer === undefined) return false
    if (this.#gate.mayWait(answer) && this.#letStreamWait(stream, headers, flags, rawHeaders, watched)) return true
    writeStreamAnswer(stream, answer, method)
    return true
  }

  // Methods of their own: what a closure captures is allocated whenever the function around it is called.

  #letWait(request: IncomingMessage, response: ServerResponse, event: RequestEvent, watched: WatchedServer): boolean {
    const { room } = this.#gate
    const passOn = (answered: boolean): void => {
      if (!answered) watched.handOn(event, request, response)
    }
    return room !== undefined && letRequestWait(room, this.#judge, request, response, passOn)
  }

  #letStreamWait(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    flags: unknown,
    rawHeaders: unknown,
    watched: WatchedServer,
  ): boolean {
    const { room } = this.#gate
    const passOn = (): void => watched.handOn('stream', stream, headers, flags, rawHeaders)
    return room !== undefined && letStreamWait(room, this.#judge, stream, headers, passOn)
  }
}
