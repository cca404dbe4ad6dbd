import type { IncomingMessage, ServerResponse } from 'node:http'

/** Before it is written: what may fail of it has not failed yet. */
export interface HealthAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** @throws Whatever Node does at a status or a header that cannot be; the response is then as it was before. */
export function writeHealthAnswer(request: IncomingMessage, response: ServerResponse, answer: HealthAnswer): void {
  const { status, headers, body } = answer
  try {
    response.statusCode = status
    response.setHeader('Content-Type', 'application/json')
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (request.method === 'HEAD' || status === 204 || status === 304) response.end()
    else response.end(body)
  } catch (error) {
    if (!response.headersSent) for (const name of response.getHeaderNames()) response.removeHeader(name)
    throw error
  }
}
