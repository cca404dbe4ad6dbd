import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

import type { HttpAnswer } from '../http-answer.ts'
import { describeValue } from '../options/describe-value.ts'
import type { ExtensionKind } from './extensions.ts'

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

export const GATES: ExtensionKind<HttpAnswer> = {
  call: 'addGate(gate)',
  complaint: 'a gate failed; the request passes',
  assertAnswer: assertWritable,
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
