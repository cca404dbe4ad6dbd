import { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'

/**
 * Puts a header on an answer when it is written, unless its head is out. Its own property, so that other answers cost
 * nothing for it; and not by `setHeader` ahead of a list, which would make Node drop all but the last of what the list
 * names twice. Frameworks that take all headers back before they answer with an error don't take this one.
 *
 * @param name in lower case.
 */
export function stampAnswer(exchange: ServerResponse | ServerHttp2Stream, name: string, value: string): void {
  if (exchange.headersSent) return
  if (exchange instanceof ServerResponse) {
    wrap(exchange, 'writeHead', (parameters) => stampHead(exchange, parameters, name, value))
    return
  }
  wrap(exchange, 'respond', ([headers, ...rest]) => [stamped(headers, name, value), ...rest])
  for (const method of ['respondWithFile', 'respondWithFD'] as const) {
    wrap(exchange, method, ([file, headers, ...rest]) => [file, stamped(headers, name, value), ...rest])
  }
}

function wrap<Method extends string>(
  target: Readonly<Record<Method, unknown>>,
  method: Method,
  stamp: (parameters: readonly unknown[]) => readonly unknown[],
): void {
  const write = target[method] as (...parameters: readonly unknown[]) => unknown
  Object.defineProperty(target, method, {
    configurable: true,
    writable: true,
    value: (...parameters: readonly unknown[]) => write.apply(target, [...stamp(parameters)]),
  })
}

function stampHead(
  response: ServerResponse,
  parameters: readonly unknown[],
  name: string,
  value: string,
): readonly unknown[] {
  if (parameters.some(Array.isArray)) {
    return parameters.map((one) => (Array.isArray(one) ? stamped(one, name, value) : one))
  }
  if (!response.headersSent) response.setHeader(name, value)
  return parameters
}

/** Headers as node takes them: an object, a list of pairs, or a flat list. */
function stamped(headers: unknown, name: string, value: string): unknown {
  if (!Array.isArray(headers)) return { ...(headers as object | undefined), [name]: value }
  return Array.isArray(headers[0]) ? [...headers, [name, value]] : [...headers, name, value]
}
