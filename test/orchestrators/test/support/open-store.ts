import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Store {
  readonly url: string
  /** Resolves when somebody has come. */
  readonly visited: Promise<unknown>
  close(): void
}

const LIMIT_MS = 20_000

/** Stands for a database that is down: whoever comes is shown the door. */
export async function openStore(scheme: string): Promise<Store> {
  const server = createServer((socket) => socket.on('error', () => {}).destroy())
  const visited = once(server, 'connection', { signal: AbortSignal.timeout(LIMIT_MS) }).catch((error: unknown) => {
    throw new Error(
      `nobody has come to ${scheme} within ${LIMIT_MS / 1_000} s: does its variable have the name that the app reads?`,
      { cause: error },
    )
  })
  // Nobody waits for it when the shop did not even start.
  visited.catch(() => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `${scheme}://127.0.0.1:${port}`, visited, close: () => void server.close() }
}
