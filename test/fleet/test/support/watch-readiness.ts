import { setTimeout as delay } from 'node:timers/promises'

import type { Instance } from './instance.ts'

export interface ReadinessRecord {
  /** How many were out at the same time, at most. */
  readonly most: number
  /** Who was ever out. */
  readonly who: ReadonlySet<Instance>
}

export interface ReadinessWatch {
  readonly record: ReadinessRecord
  stop(): Promise<ReadinessRecord>
}

/** Asks all of them for `/readyz`, again and again. */
export function watchReadiness(instances: readonly Instance[]): ReadinessWatch {
  const record = { most: 0, who: new Set<Instance>() }
  const end = new AbortController()
  const watching = (async () => {
    while (!end.signal.aborted) {
      const ready = await Promise.all(instances.map((instance) => instance.isReady()))
      const out = instances.filter((_, index) => ready[index] === false)
      record.most = Math.max(record.most, out.length)
      for (const instance of out) record.who.add(instance)
      await delay(50)
    }
  })()
  return {
    record,
    async stop() {
      end.abort()
      await watching
      return record
    },
  }
}
