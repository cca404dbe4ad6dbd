import { Agent, request } from 'node:http'
import type { Duplex } from 'node:stream'

import type { SelfClient } from './self-client.ts'
import type { SelfConnections } from './self-connections.ts'

type OnConnection = (error: unknown, socket?: Duplex) => void

/** One connection for each request that is under way, kept alive between them. */
export function createHttp1Client(connections: SelfConnections): SelfClient {
  const agent = new Agent({ keepAlive: true })
  Object.assign(agent, {
    createConnection(_options: unknown, onConnection: OnConnection): void {
      connections.next().then((socket) => onConnection(null, socket), onConnection)
    },
  })
  return {
    ask: ({ method, path, headers, body }, signal) =>
      new Promise((resolve, reject) => {
        const asked = request({ agent, method, path, headers, signal }, (response) => {
          const { statusCode = 0, headers: answered } = response
          response.on('error', reject)
          response.on('end', () => resolve({ status: statusCode, hasRetryAfter: 'retry-after' in answered }))
          response.resume()
        })
        asked.on('error', reject)
        asked.end(body)
      }),
    close() {
      agent.destroy()
      connections.close()
    },
  }
}
