import { ServerResponse } from 'node:http'

import type { Exchange } from '../drain/connection.ts'

/** Envoy sends such a host requests only when the others cannot carry the load. */
export const DEGRADED = { 'x-envoy-degraded': 'true' } as const
/** Envoy, seeing it on any answer at all, takes the host out at once, without counting failures. */
export const IMMEDIATE_FAIL = { 'x-envoy-immediate-health-check-fail': 'true' } as const

const [[NAME, VALUE]] = Object.entries(IMMEDIATE_FAIL) as [[string, string]]

/**
 * Puts the header on an answer when it is written. Its own property, so that answers cost nothing for it before the
 * drain; and not by `setHeader` ahead of a list, which would make Node drop all but the last of what the list names twice.
 */
export function failImmediately(exchange: Exchange): void {
  if (exchange.headersSent) return
  if (exchange instanceof ServerResponse) wrap(exchange, 'writeHead', (parameters) => markHead(exchange, parameters))
  else {
    wrap(exchange, 'respond', ([headers, ...rest]) => [withMark(headers), ...rest])
    for (const method of ['respondWithFile', 'respondWithFD'] as const) {
      wrap(exchange, method, ([file, headers, ...rest]) => [file, withMark(headers), ...rest])
    }
  }
}

function wrap<Method extends string>(
  target: Readonly<Record<Method, unknown>>,
  method: Method,
  mark: (parameters: readonly unknown[]) => readonly unknown[],
): void {
  const write = target[method] as (...parameters: readonly unknown[]) => unknown
  Object.defineProperty(target, method, {
    configurable: true,
    writable: true,
    value: (...parameters: readonly unknown[]) => write.apply(target, [...mark(parameters)]),
  })
}

function markHead(response: ServerResponse, parameters: readonly unknown[]): readonly unknown[] {
  if (parameters.some(Array.isArray)) return parameters.map((one) => (Array.isArray(one) ? withMark(one) : one))
  if (!response.headersSent) response.setHeader(NAME, VALUE)
  return parameters
}

/** Headers as node takes them: an object, a list of pairs, or a flat list. */
function withMark(headers: unknown): unknown {
  if (!Array.isArray(headers)) return { ...(headers as object | undefined), [NAME]: VALUE }
  return Array.isArray(headers[0]) ? [...headers, [NAME, VALUE]] : [...headers, NAME, VALUE]
}
