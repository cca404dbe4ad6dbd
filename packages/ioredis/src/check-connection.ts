import type { CheckContext, CheckResult } from '@tidegate/core'
import type { Redis } from 'ioredis'

import type { Inquiry } from './inquiry.ts'
import { createOwnConnection } from './own-connection.ts'
import type { RedisScript } from './scripts.ts'
import { loadScript } from './scripts.ts'
import { explain } from './server-reply.ts'

/** What is asked to know how the server is, or the masters of a Cluster are. */
export interface CheckConnection {
  /** Whether commands are taken. Never rejects; a fail at once when the signal aborts, see {@link OwnConnection}. */
  ask(context: Pick<CheckContext, 'signal' | 'abandonAfter'>): Promise<CheckResult>
  /** How much of its data a loading server has read, in percent; undefined when it does not say. */
  loadedPercent(signal: AbortSignal): Promise<number | undefined>
  /** Has the server keep the script; rejects with its refusal. */
  load(script: RedisScript, signal: AbortSignal): Promise<void>
  /** Disconnects for good; waits for nobody. */
  close(): void
}

export function createCheckConnection(client: Redis, inquire: Inquiry): CheckConnection {
  const connection = createOwnConnection(client, 'tidegate-check', { db: 0 })
  return {
    async ask({ signal, abandonAfter }) {
      try {
        await connection.ask(inquire, signal)
        return { status: 'pass' }
      } catch (error) {
        if (signal.aborted) return { status: 'fail', message: `PING was not answered within ${abandonAfter} ms` }
        return explain(error)
      }
    },
    async loadedPercent(signal) {
      const info = await connection.ask((redis) => redis.info('persistence'), signal)
      const percent = /^loading_loaded_perc:([\d.]+)/m.exec(info)?.[1]
      return percent === undefined ? undefined : Math.floor(Number(percent))
    },
    load: (script, signal) => connection.ask((redis) => loadScript(redis, script), signal),
    close: () => connection.close(),
  }
}
