import { get } from 'node:http'

const TIMEOUT_MS = 1000

/**
 * Asks over a connection of its own, as probes do; never rejects.
 *
 * @param {number} port
 * @param {string} path
 * @returns {Promise<{ status: number, body?: any }>} status 0 when there was no answer within a second
 */
export function askJson(port, path) {
  return new Promise((resolve) => {
    const fail = () => resolve({ status: 0 })
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const request = get({ host: '127.0.0.1', port, path, agent: false, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part))
      response.on('error', fail)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
    request.on('error', fail)
  })
}
