import { createServer, request as send } from 'node:http'

/** What belongs to one connection and not to the message that travels over two (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding']

/**
 * A balancer that repeats nothing, not even a GET: what an instance loses, the client sees.
 *
 * @param {() => import('./rotation.js').Backend | undefined} next whose turn it is
 */
export function createProxy(next) {
  const server = createServer((request, response) => {
    const backend = next()
    if (backend === undefined) return answer(response, 503, 'no instance is in rotation')
    const { agent, port, name } = backend
    const { method, url: path } = request
    const headers = endToEnd(request.headers)
    const upstream = send({ host: '127.0.0.1', port, agent, method, path, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers))
      reply.on('error', () => response.destroy())
      reply.pipe(response)
    })
    upstream.on('error', (error) => {
      if (response.headersSent) response.destroy()
      else answer(response, 502, `${name}: ${error.message}`)
    })
    request.pipe(upstream)
  })
  // Above what clients keep theirs for, so that the one who closes an idle connection is never this side.
  server.keepAliveTimeout = 65_000
  return server
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} text
 */
function answer(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
}

/** @param {import('node:http').IncomingHttpHeaders} headers */
function endToEnd(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)))
}
