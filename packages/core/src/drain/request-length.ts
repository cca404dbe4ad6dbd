import type { IncomingMessage } from 'node:http'

/**
 * How many bytes a request takes on its connection, head and body, when its head is written the way everybody does: one
 * space after each colon. `undefined` when its body does not say how long it is.
 */
export function requestLength(request: IncomingMessage): number | undefined {
  const { method = '', url = '', httpVersion, rawHeaders, headers } = request
  if (headers['transfer-encoding'] !== undefined) return undefined
  const line = `${method} ${url} HTTP/${httpVersion}\r\n`.length
  const fields = rawHeaders.reduce((sum, text) => sum + text.length + ': '.length, 0)
  return line + fields + '\r\n'.length + Number(headers['content-length'] ?? 0)
}
