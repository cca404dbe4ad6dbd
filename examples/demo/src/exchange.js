import { request as send } from 'node:http'

const TIMEOUT_MS = 10_000

/**
 * How a request ended; `status` 0 when there was no whole answer, and `text` says why.
 * @typedef {{ status: number, text: string, milliseconds: number }} Outcome
 */

/**
 * One request to this machine; never rejects.
 *
 * @param {object} options
 * @param {number} options.port
 * @param {import('node:http').Agent} options.agent
 * @param {string} options.path
 * @param {string} [options.method]
 * @param {object | undefined} [options.body]
 * @returns {Promise<Outcome>}
 */
export function exchange({ port, agent, path, method = 'GET', body }) {
  const start = performance.now()
  const content = body === undefined ? '' : JSON.stringify(body)
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': content.length }
  return new Promise((resolve) => {
    /** @type {(status: number, text: string) => void} */
    const end = (status, text) => {
      clearTimeout(limit)
      resolve({ status, text, milliseconds: performance.now() - start })
    }
    const fail = (/** @type {Error} */ error) => end(0, error.message)
    const request = send({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part))
      response.on('end', () => end(response.statusCode ?? 0, text))
      response.on('error', fail)
    })
    request.on('error', fail)
    const limit = setTimeout(() => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
    request.end(content)
  })
}
