import { createLoopWatch } from '@tidegate/core'
import type { HttpAnswer, Lifecycle, LoopLoad, LoopWatch } from '@tidegate/core'

import { readOverloadOptions } from './overload-options.ts'
import type { Limits, OverloadOptions, ResolvedOverloadOptions } from './overload-options.ts'
import { createRefusal } from './refusal.ts'

const READ_EVERY_MS = 500
/** One block of a loop that is else idle is no overload before it is longer than the limit by a tenth of the window. */
const PERCENTILE = 90

/**
 * Refuses new requests with 503 and `Retry-After` while the event loop is above a limit, from the lifecycle's first ready
 * until it closes. Probes are answered all the same. What is in flight goes on. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function overload(lifecycle: Lifecycle, options: OverloadOptions = {}): () => void {
  const shedding = new LoadShedding(lifecycle, readOverloadOptions(lifecycle, options), () =>
    createLoopWatch(PERCENTILE),
  )
  return () => shedding.stop()
}

export class LoadShedding {
  readonly #lifecycle: Lifecycle
  readonly #options: ResolvedOverloadOptions
  readonly #createWatch: () => LoopWatch
  readonly #refusal: HttpAnswer
  #release: (() => void)[]
  #timer: NodeJS.Timeout | undefined
  #watch: LoopWatch | undefined
  #isOver = false
  #unhold: (() => void) | undefined

  constructor(lifecycle: Lifecycle, options: ResolvedOverloadOptions, createWatch: () => LoopWatch) {
    this.#lifecycle = lifecycle
    this.#options = options
    this.#createWatch = createWatch
    this.#refusal = createRefusal('overloaded', options.retryAfterSeconds)
    this.#release = [
      lifecycle.on('phase', ({ phase }) => {
        if (phase === 'ready') this.#begin()
        else if (phase === 'closing' || phase === 'stopped') this.stop()
      }),
    ]
    if (lifecycle.phase === 'ready') this.#begin()
  }

  stop(): void {
    for (const release of this.#release.splice(0)) release()
    clearInterval(this.#timer)
    this.#watch?.stop()
    this.#watch = undefined
    this.#unhold?.()
    this.#unhold = undefined
  }

  #begin(): void {
    if (this.#watch !== undefined) return
    const watch = this.#createWatch()
    this.#watch = watch
    watch.read()
    this.#release.push(this.#lifecycle.addGate(() => (this.#isOver ? this.#refusal : undefined)))
    this.#timer = setInterval(() => this.#judge(watch.read()), READ_EVERY_MS)
    this.#timer.unref()
  }

  #judge(load: LoopLoad | undefined): void {
    if (load === undefined) return
    const { delay, utilization, readiness } = this.#options
    const isOver = this.#isAbove(load.delay, delay) || this.#isAbove(load.utilization, utilization)
    if (isOver === this.#isOver) return
    this.#isOver = isOver
    const { logger } = this.#lifecycle
    const fields = { delayMs: Math.round(load.delay), utilization: Math.round(load.utilization * 100) / 100 }
    if (isOver) logger.warn(fields, 'overload: new requests are refused')
    else logger.info(fields, 'overload is over')
    if (isOver && readiness) this.#unhold = this.#lifecycle.hold('overload')
    if (!isOver) {
      this.#unhold?.()
      this.#unhold = undefined
    }
  }

  #isAbove(value: number, limits: Limits<number> | undefined): boolean {
    return limits !== undefined && value > (this.#isOver ? limits.leave : limits.enter)
  }
}
