import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { EventLoopUtilization, IntervalHistogram } from 'node:perf_hooks'

/** How the loop did since the last reading; delays in milliseconds. */
export interface LoopLoad {
  readonly delay: number
  readonly longest: number
  /** From 0 to 1. */
  readonly utilization: number
}

export interface LoopWatch {
  /** Undefined when there is too little to judge by; the first reading begins to measure. */
  read(): LoopLoad | undefined
  /** Ends it, for good. */
  stop(): void
}

/** Costs 0.3 % of a core; finer costs more. */
const RESOLUTION_MS = 20
/** In less than this a single callback would be the whole load. */
const SHORTEST_WINDOW_MS = 5 * RESOLUTION_MS
const NS_PER_MS = 1e6

/**
 * Watches the event loop from its first reading on.
 *
 * @param percentile Which of the delays is `delay`, above 0 and up to 100; a block counts for as long as it lasts.
 */
export function createLoopWatch(percentile: number): LoopWatch {
  let measuring: { histogram: IntervalHistogram; since: number; idle: EventLoopUtilization } | undefined
  let stopped = false

  return {
    read() {
      if (stopped) return undefined
      if (measuring === undefined) {
        const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
        histogram.enable()
        measuring = { histogram, since: performance.now(), idle: performance.eventLoopUtilization() }
        return undefined
      }
      const { histogram, since, idle } = measuring
      const now = performance.now()
      const window = now - since
      if (window < SHORTEST_WINDOW_MS) return undefined
      const longest = Math.max(lateness(histogram.max), unsampled(histogram, window))
      const sampled = lateness(histogram.percentile(percentile))
      // One block is one sample, however long: the samples it kept from being taken would have been late, too.
      const blocked = longest - (1 - percentile / 100) * window
      const current = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(current, idle)
      histogram.reset()
      measuring = { histogram, since: now, idle: current }
      return { delay: Math.max(0, sampled, blocked), longest, utilization }
    },
    stop() {
      stopped = true
      measuring?.histogram.disable()
      measuring = undefined
    },
  }
}

/** The histogram holds the time between two samples, which is the resolution when nothing is late. */
function lateness(ns: number): number {
  return Math.max(0, ns / NS_PER_MS - RESOLUTION_MS)
}

/** From a reset on nothing is sampled until the next beat: a block right after one shows only as time that is missing. */
function unsampled({ count, mean }: IntervalHistogram, window: number): number {
  const sampled = count === 0 ? 0 : (count * mean) / NS_PER_MS
  return Math.max(0, window - sampled - 2 * RESOLUTION_MS)
}
