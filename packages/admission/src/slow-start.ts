import type { GateRequest, HttpAnswer, Lifecycle } from '@tidegate/core'

import { InFlight } from './in-flight.ts'
import { createRefusal } from './refusal.ts'
import { readSlowStartOptions } from './slow-start-options.ts'
import type { ResolvedSlowStartOptions, SlowStartOptions } from './slow-start-options.ts'

/**
 * While `lifecycle.weight` climbs, lets that share of `concurrency` in at once, rounded up, and refuses what comes besides
 * with 503 and `Retry-After`. Probes never come to it, and what has waited for ready (`whileWarming: 'queue'`) is let in
 * beyond it. A request that has no Node response (an upgrade, what was asked by `lifecycle.probe`) is refused as any other,
 * but not counted, as its end cannot be seen. Costs nothing once the weight is 1. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function slowStart(lifecycle: Lifecycle, options: SlowStartOptions): () => void {
  const admission = new SlowStartAdmission(lifecycle, readSlowStartOptions(lifecycle, options))
  return () => admission.stop()
}

class SlowStartAdmission {
  readonly #lifecycle: Lifecycle
  readonly #concurrency: number
  readonly #refusal: HttpAnswer
  readonly #inFlight = new InFlight()
  readonly #unsubscribe: () => void
  /** Takes the gate away, while there is one. */
  #open: (() => void) | undefined
  #warned = false

  constructor(lifecycle: Lifecycle, { concurrency, retryAfterSeconds }: ResolvedSlowStartOptions) {
    this.#lifecycle = lifecycle
    this.#concurrency = concurrency
    this.#refusal = createRefusal('slow start', retryAfterSeconds)
    this.#unsubscribe = lifecycle.on('readiness', ({ ready }) => {
      if (ready) this.#begin()
    })
    if (lifecycle.ready) this.#begin()
  }

  stop(): void {
    this.#unsubscribe()
    this.#end()
  }

  #begin(): void {
    if (this.#open !== undefined) return
    if (this.#lifecycle.weight === 1) this.#warnOnce()
    else this.#open = this.#lifecycle.addGate((request) => this.#judge(request))
  }

  #end(): void {
    this.#open?.()
    this.#open = undefined
  }

  #judge({ response, waited }: GateRequest): HttpAnswer | undefined {
    const { weight } = this.#lifecycle
    if (weight === 1) {
      this.#end()
      return undefined
    }
    // Not ready, it gets what balancers send that have not heard yet, and has to answer that.
    const limit = weight === 0 ? Infinity : Math.ceil(this.#concurrency * weight)
    // What has waited for the service to be ready has been promised an answer.
    if (this.#inFlight.size >= limit && waited !== true) return this.#refusal
    if (response !== undefined) this.#inFlight.add(response)
    return undefined
  }

  #warnOnce(): void {
    if (this.#warned) return
    this.#warned = true
    this.#lifecycle.logger.warn(
      {},
      "slowStart: the lifecycle's weight is 1 at once, so nothing is held back; give createLifecycle slowStart: { window: '60s' }",
    )
  }
}
