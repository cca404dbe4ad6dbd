import { HttpError, toErrorAnswer } from '@tidegate/shop'

import { toJson } from './to-json.js'

/** @typedef {import('@tidegate/core').HttpAnswer} HttpAnswer */
/** @typedef {{ request: import('node:http').IncomingMessage, params: Record<string, string>, query: URLSearchParams }} Call */
/** @typedef {(call: Call) => HttpAnswer | Promise<HttpAnswer>} Route */

/**
 * @param {Record<string, Route>} routes by method and path, such as `GET /products/:id`
 * @param {import('@tidegate/core').Logger} logger
 * @returns {import('@tidegate/core').RequestHandler}
 */
export function createRouter(routes, logger) {
  const patterns = Object.entries(routes).map(([name, route]) => {
    const pattern = name.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
    return { pattern: new RegExp(`^${pattern}$`), route }
  })

  /** @type {(request: import('node:http').IncomingMessage) => Promise<HttpAnswer>} */
  async function answer(request) {
    const [path, search] = (request.url ?? '').split('?')
    // Node leaves out the body that a HEAD does not get.
    const method = request.method === 'HEAD' ? 'GET' : request.method
    for (const { pattern, route } of patterns) {
      const match = pattern.exec(`${method} ${path}`)
      if (match !== null) return route({ request, params: match.groups ?? {}, query: new URLSearchParams(search) })
    }
    throw new HttpError(404, 'there is no such page')
  }

  return async (request, response) => {
    const { status, headers, body } = await answer(request).catch((error) => {
      const told = toErrorAnswer(error, logger)
      return toJson(told.status, told.body)
    })
    response.writeHead(status, headers).end(body)
  }
}
