import { availableParallelism, totalmem } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { EventLoopUtilization } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** What the process has done lately. */
export interface Load {
  /** Of all processors that the process may use, 0 to 1. */
  readonly cpu: number
  /** Of the memory that it may have, 0 to 1. */
  readonly memory: number
  /** The share of the time in which the event loop was busy, 0 to 1. */
  readonly loop: number
  readonly answersPerSecond: number
  readonly errorsPerSecond: number
}

interface Reading {
  readonly at: number
  readonly cpuMicroseconds: number
  readonly loop: EventLoopUtilization
  readonly answers: number
  readonly errors: number
}

/** So many readings are looked back: balancers weigh by a ratio, which one second alone would make noisy. */
const LOOK_BACK = 5

export interface LoadMeter {
  /** One more of the application's answers. */
  answered(status: number): void
  /** What was since five readings ago, or since the meter was made. */
  read(): Load
}

export function createLoadMeter(): LoadMeter {
  const processors = availableParallelism()
  let answers = 0
  let errors = 0
  const take = (): Reading => {
    const { user, system } = process.cpuUsage()
    const loop = performance.eventLoopUtilization()
    return { at: performance.now(), cpuMicroseconds: user + system, loop, answers, errors }
  }
  const readings = [take()]
  return {
    answered(status) {
      answers++
      if (status >= 500) errors++
    },
    read() {
      const now = take()
      const [before = now] = readings
      readings.push(now)
      if (readings.length > LOOK_BACK) readings.shift()
      const ms = Math.max(1, now.at - before.at)
      return {
        cpu: Math.min(1, (now.cpuMicroseconds - before.cpuMicroseconds) / 1_000 / ms / processors),
        memory: Math.min(1, memoryUse()),
        loop: performance.eventLoopUtilization(now.loop, before.loop).utilization,
        answersPerSecond: ((now.answers - before.answers) / ms) * 1_000,
        errorsPerSecond: ((now.errors - before.errors) / ms) * 1_000,
      }
    },
  }
}

/** Of the cgroup's limit where there is one, else of V8's. Without a limit Node gives 0, or more than the machine has. */
function memoryUse(): number {
  const limit = process.constrainedMemory()
  if (limit > 0 && limit <= totalmem()) return process.memoryUsage.rss() / limit
  const { used_heap_size: used, heap_size_limit: heapLimit } = getHeapStatistics()
  return used / heapLimit
}
