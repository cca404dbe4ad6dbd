import { randomFill } from 'node:crypto'
import { performance } from 'node:perf_hooks'

import { turn } from './turn.ts'

/** A job of the thread pool that is nothing but its wait for a thread. */
export interface PoolJob {
  /** Milliseconds since it was given to the pool. */
  readonly age: number
  /** Milliseconds until it was back; `Infinity` while it is not. */
  readonly latency: number
  /** Whether it is back by then. Rejects with the signal's reason when that aborts first. */
  within(ms: number, signal: AbortSignal): Promise<boolean>
}

export function startPoolJob(): PoolJob {
  const startedAt = performance.now()
  let latency = Number.POSITIVE_INFINITY
  let onBack = (): void => {}
  randomFill(Buffer.alloc(1), () => {
    latency = performance.now() - startedAt
    onBack()
  })

  return {
    get age() {
      return performance.now() - startedAt
    },
    get latency() {
      return latency
    },
    async within(ms, signal) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        if (latency < Number.POSITIVE_INFINITY) return resolve()
        const done = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          onBack = () => {}
          resolve()
        }
        const timer = setTimeout(done, Math.max(1, ms)).unref()
        signal.addEventListener('abort', done, { once: true })
        onBack = done
      })
      signal.throwIfAborted()
      // After a blocked loop the timer is due before the job that has long been back is heard.
      await turn()
      return latency < Number.POSITIVE_INFINITY
    },
  }
}
