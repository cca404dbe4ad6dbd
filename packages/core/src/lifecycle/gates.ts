import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { Logger } from '../logger.ts'
import { describeValue } from '../options/describe-value.ts'

/** A request of the application, before the framework has seen it. */
export interface GateRequest {
  readonly method: string
  /** The request line's target, as it came. */
  readonly url: string
  /** Empty for what was asked by `probe`. */
  readonly headers: IncomingHttpHeaders
  /** What will answer it; absent for an upgrade, and for what was asked by `probe`. */
  readonly response?: ServerResponse | ServerHttp2Stream
  /** It has waited until the service was ready, by `warmUp.whileWarming: 'queue'`. */
  readonly waited?: boolean
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
        assertWritable(answer)
        return answer
      } catch (error) {
        if (!gate.complained) this.#logger.error({ error: failureMessage(error) }, 'a gate failed; the request passes')
        gate.complained = true
      }
    }
    return undefined
  }
}

/** @throws {TypeError} For what Node would throw at when the answer is written, where nobody catches it. */
function assertWritable(answer: HttpAnswer): void {
  const { status, headers, body } = answer as { readonly [Field in keyof HttpAnswer]?: unknown }
  if (typeof status !== 'number') {
    throw new TypeError('it gave neither an HttpAnswer nor undefined; a gate judges at once, without a promise')
  }
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new TypeError(`it gave the status ${describeValue(status)}; give a whole number from 200 to 599`)
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  }
  if (body !== undefined && typeof body !== 'string') {
    throw new TypeError(`it gave the body ${describeValue(body)}; give a string`)
  }
}
