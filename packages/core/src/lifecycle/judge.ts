import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

import { openStreamOf } from '../drain/connection.ts'
import type { Exchange } from '../drain/connection.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import { RequestProber } from '../probes/probers/prober.ts'
import type { Probes } from '../probes/probes.ts'
import { isSelfRequest } from '../self/self-mark.ts'
import type { Arrivals } from './arrivals.ts'
import { Extensions } from './extensions.ts'
import { OWN_PROBES } from './find-probe.ts'
import type { FindProbe } from './find-probe.ts'
import { GATES } from './gate.ts'
import type { Gate, GateRequest } from './gate.ts'
import type { Gatekeeper } from './let-wait.ts'
import type { ProbeRequest, RequestHandler } from './lifecycle.ts'
import type { MainGate } from './main-gate.ts'
import { readProbeRequest } from './probe-request.ts'

export interface JudgeInit {
  readonly probes: Probes
  readonly gate: MainGate
  readonly arrivals: Arrivals
  readonly logger: Logger
}

/** Says what a request gets instead of the application, and that the drain is not to count it then. */
export class Judge implements Gatekeeper {
  readonly #probes: Probes
  readonly #gate: MainGate
  readonly #arrivals: Arrivals
  readonly #gates: Extensions<GateRequest, HttpAnswer>
  readonly #ownProbes: Extensions<string, RequestHandler>

  constructor({ probes, gate, arrivals, logger }: JudgeInit) {
    this.#probes = probes
    this.#gate = gate
    this.#arrivals = arrivals
    this.#gates = new Extensions(GATES, logger)
    this.#ownProbes = new Extensions(OWN_PROBES, logger)
  }

  addGate(gate: Gate): () => void {
    return this.#gates.add(gate)
  }

  addProbe(find: FindProbe): () => void {
    return this.#ownProbes.add(find)
  }

  /** Whether a probe of somebody else's answers it. */
  takesOwn(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#ownProbes.isEmpty || isSelfRequest(request)) return false
    const handler = this.#ownProbes.ask(request.url ?? '/')
    if (handler === undefined) return false
    handler(request, response)
    this.#arrivals.drain?.leaveOut(response)
    return true
  }

  /** Whether a probe of somebody else's will answer it. */
  leavesToOwn(url: string, stream: ServerHttp2Stream): boolean {
    if (this.#ownProbes.ask(url) === undefined) return false
    this.#arrivals.drain?.leaveOut(stream)
    return true
  }

  /** What a probe or a refused request is answered with; `undefined` when it is the application's. */
  judgeRequest(request: IncomingMessage, response: ServerResponse): HttpAnswer | undefined {
    const { method = 'GET', url = '/' } = request
    const target = this.#probes.match(url)
    return target === undefined
      ? this.refuse(method, url, response)
      : this.#askProbe(new RequestProber(target, method, url, request.headers, request.socket), response)
  }

  /** The same for an HTTP/2 stream. */
  judgeStream(
    method: string,
    url: string,
    headers: IncomingHttpHeaders,
    stream: ServerHttp2Stream,
  ): HttpAnswer | undefined {
    const target = this.#probes.match(url)
    return target === undefined
      ? this.refuse(method, url, stream)
      : this.#askProbe(new RequestProber(target, method, url, headers, stream.session?.socket), stream)
  }

  /** The same for a request to speak another protocol, which is no probe. */
  judgeUpgrade(request: IncomingMessage): HttpAnswer | undefined {
    const { method = 'GET', url = '/' } = request
    const answer = this.#gate.refusal ?? this.#gates.ask({ method, url, headers: request.headers })
    const { drain } = this.#arrivals
    if (answer !== undefined && drain !== undefined) drain.count.rejected++
    return answer
  }

  /**
   * The same for a request that is none of Node's.
   *
   * @throws {LifecycleError} `TIDEGATE_CONFIG`
   */
  probe(request: ProbeRequest): HttpAnswer | undefined {
    const { method, url, headers, address } = readProbeRequest(request)
    const target = this.#probes.match(url)
    if (target === undefined) return this.#gate.refusal ?? this.#gates.ask({ method, url, headers: {} })
    return this.#probes.answer(new RequestProber(target, method, url, headers, { remoteAddress: address }))
  }

  /** What the application's request gets instead of the application; `undefined` hands it on. */
  refuse(method: string, url: string, response: Exchange, waited = false): HttpAnswer | undefined {
    const { refusal } = this.#gate
    if (refusal === undefined && this.#gates.isEmpty) return undefined
    const answer = refusal ?? this.#gates.ask({ method, url, headers: headersOf(response), response, waited })
    if (answer !== undefined) this.countRefused(response)
    return answer
  }

  countRefused(exchange: Exchange): void {
    const { drain } = this.#arrivals
    if (drain === undefined) return
    drain.leaveOut(exchange)
    drain.count.rejected++
  }

  #askProbe(prober: RequestProber, exchange: Exchange): HttpAnswer {
    const answer = this.#probes.answer(prober)
    this.#arrivals.drain?.leaveOut(exchange)
    return answer
  }
}

/** Node parses a request's headers only when they are asked for. */
function headersOf(exchange: Exchange): IncomingHttpHeaders {
  return (exchange instanceof ServerResponse ? exchange.req : openStreamOf(exchange))?.headers ?? {}
}
