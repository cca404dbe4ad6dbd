import type { Redis } from 'ioredis'

import { createOwnConnection } from './own-connection.ts'

/** What is asked to know how the server is; see {@link OwnConnection} for what the promises do. */
export interface CheckConnection {
  /** Resolves with the PONG. */
  ping(signal: AbortSignal): Promise<void>
  /** How much of its data a loading server has read, in percent; undefined when it does not say. */
  loadedPercent(signal: AbortSignal): Promise<number | undefined>
  /** Disconnects for good; waits for nobody. */
  close(): void
}

export function createCheckConnection(client: Redis): CheckConnection {
  const connection = createOwnConnection(client, 'tidegate-check', { db: 0 })
  return {
    async ping(signal) {
      await connection.ask((redis) => redis.ping(), signal)
    },
    async loadedPercent(signal) {
      const info = await connection.ask((redis) => redis.info('persistence'), signal)
      const percent = /^loading_loaded_perc:([\d.]+)/m.exec(info)?.[1]
      return percent === undefined ? undefined : Math.floor(Number(percent))
    },
    close: () => connection.close(),
  }
}
