import type { PostgresClient, PostgresPoolClient } from './postgres-pool.ts'

/**
 * Ends a client without waiting for the server: what is in flight rejects. `end()` goes first, because it makes the
 * client take the close of its socket for its own doing and not for an error; alone it would wait for the server to
 * close its side, which a frozen one never does.
 */
export function cutOff(client: PostgresClient): void {
  client.end().catch(() => {})
  client.connection?.stream.destroy()
}

/** Checks a client in for the pool to drop, and cuts it off. */
export function discard(client: PostgresPoolClient): void {
  client.release(true)
  client.connection?.stream.destroy()
}
