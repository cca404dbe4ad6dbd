import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'

/** A request of the application, before the framework has seen it. */
export interface GateRequest {
  readonly method: string
  /** The request line's target, as it came. */
  readonly url: string
  /** Empty for what was asked by `probe`. */
  readonly headers: IncomingHttpHeaders
  /** What will answer it; absent for an upgrade, and for what was asked by `probe`. */
  readonly response?: ServerResponse | ServerHttp2Stream
}

/** Judges a request at once: the answer that refuses it, or `undefined` to let it pass. */
export type Gate = (request: GateRequest) => HttpAnswer | undefined

/** The gates that others have added, in that order. */
export class Gates {
  readonly #logger: Logger
  readonly #added: Set<{ readonly judge: Gate; complained: boolean }> = new Set()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get isEmpty(): boolean {
    return this.#added.size === 0
  }

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(judge: Gate): () => void {
    if (typeof judge !== 'function') throw new LifecycleError('TIDEGATE_CONFIG', 'addGate(gate) needs a function')
    const added = { judge, complained: false }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  /** What the first gate that refuses answers. One that fails refuses nobody, and is told of once. */
  judge(request: GateRequest): HttpAnswer | undefined {
    for (const gate of this.#added) {
      try {
        const answer = gate.judge(request)
        if (answer === undefined) continue
        if (typeof answer.status === 'number') return answer
        throw new TypeError('it gave neither an HttpAnswer nor undefined; a gate judges at once, without a promise')
      } catch (error) {
        if (!gate.complained) this.#logger.error({ error: failureMessage(error) }, 'a gate failed; the request passes')
        gate.complained = true
      }
    }
    return undefined
  }
}
