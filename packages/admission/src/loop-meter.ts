import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

/** How busy the event loop was since the last reading. */
export interface LoopLoad {
  readonly delayMs: number
  /** 0 to 1. */
  readonly utilization: number
}

export interface LoopMeter {
  read(): LoopLoad
  stop(): void
}

const RESOLUTION_MS = 20

export function createLoopMeter(): LoopMeter {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let last = performance.eventLoopUtilization()
  let readAt = performance.now()
  return {
    read() {
      const now = performance.now()
      const current = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(current, last)
      // The histogram counts whole rounds of its timer. One that has never fired since was held up all the time.
      const round = Number.isNaN(histogram.mean) ? now - readAt : histogram.mean / 1e6
      histogram.reset()
      last = current
      readAt = now
      return { delayMs: Math.max(0, round - RESOLUTION_MS), utilization }
    },
    stop: () => histogram.disable(),
  }
}
