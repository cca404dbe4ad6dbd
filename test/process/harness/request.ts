import { Agent, request as httpRequest } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: NodeJS.Dict<string | string[]>
}

/** Asks as clients do: the connection is left open for the next request, until the server or the test ends it. */
export function createClient(): {
  request(port: number, path: string): Promise<Answer>
  close(): void
} {
  const agent = new Agent({ keepAlive: true })
  return {
    request: (port, path) =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ agent, host: '127.0.0.1', port, path }, (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (text: string) => {
            body += text
          })
          response.on('error', reject)
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
        })
        request.on('error', reject)
        request.end()
      }),
    close: () => agent.destroy(),
  }
}
