import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface HttpQuestion {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Bytes. */
  readonly maxBody: number
  readonly ca?: string | readonly string[] | undefined
}

/**
 * Asks once and resolves with the status, when the answer is complete or too long to be read to its end. Leaves no
 * connection, also when the signal aborts.
 */
export function askHttp({ url, method, headers, maxBody, ca }: HttpQuestion, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: false as const, ...(ca === undefined ? {} : { ca: [ca].flat() }) }
    const request = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)

    const abort = (): void => end(() => reject(signal.reason))
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abort)
      settle()
      request.destroy()
    }
    // It stays for what the socket may still say.
    request.on('error', (error) => end(() => reject(error)))
    request.on('response', (response) => {
      const answered = (): void => end(() => resolve(response.statusCode ?? 0))
      response.on('error', (error) => end(() => reject(error)))
      response.on('end', answered)
      readAtMost(maxBody, response, answered)
    })
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    request.end()
  })
}

function readAtMost(most: number, response: IncomingMessage, onMore: () => void): void {
  let read = 0
  response.on('data', (chunk: Buffer) => {
    read += chunk.length
    if (read > most) onMore()
  })
}
