import { Agent, request } from 'node:http'
import type { Duplex } from 'node:stream'

import type { SelfClient } from './self-client.ts'

type OnConnection = (error: unknown, socket?: Duplex) => void

/** One connection for each request that is under way, kept alive between them. */
export function createHttp1Client(first: Duplex, connect: () => Promise<Duplex>): SelfClient {
  const agent = new Agent({ keepAlive: true })
  let ready: Duplex | undefined = first
  Object.assign(agent, {
    createConnection(_options: unknown, onConnection: OnConnection): Duplex | undefined {
      const socket = ready
      ready = undefined
      if (socket !== undefined) return socket
      connect().then((another) => onConnection(null, another), onConnection)
      return undefined
    },
  })
  return {
    ask: ({ method, path, headers, body }, signal) =>
      new Promise((resolve, reject) => {
        const asked = request({ agent, method, path, headers, signal }, (response) => {
          response.on('error', reject)
          response.on('end', () => resolve(response.statusCode ?? 0))
          response.resume()
        })
        asked.on('error', reject)
        asked.end(body)
      }),
    close() {
      ready?.destroy()
      agent.destroy()
    },
  }
}
