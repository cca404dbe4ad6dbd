import type { Lifecycle } from '@tidegate/core'

import { observeAnswer } from './observe-answer.ts'
import type { Answer } from './observe-answer.ts'
import { readOutlierOptions } from './outlier-options.ts'
import type { OutlierOptions, ResolvedOutlierOptions } from './outlier-options.ts'
import { OutlierRecord } from './outlier-record.ts'

/** How long a fleet that has refused is not asked again, in milliseconds. */
const ASK_AGAIN_MS = 1_000

const WHY_NOT = {
  alone:
    'without a fleet it only warns: one poisoned route would empty all instances (give createLifecycle a fleet, or alone: true)',
  'enough-are-out': 'as many instances as may be are out already',
  'no-vote': 'the fleet has no vote',
}

/**
 * Takes this instance out of readiness when its own answers are bad, one after the other: 5xx, and slow ones if `slow` says
 * what that is. Probes, what a gate refuses, 503s with `Retry-After` and answers whose client has gone do not count. It is
 * back on trial after `baseEjection`. With a fleet no more than the allowed share is out at once; without one it only
 * warns. Returns what takes it back.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, with every fault of the arguments.
 */
export function outlier(lifecycle: Lifecycle, options: OutlierOptions = {}): () => void {
  const detection = new OutlierDetection(lifecycle, readOutlierOptions(lifecycle, options))
  return () => detection.stop()
}

class OutlierDetection {
  readonly #lifecycle: Lifecycle
  readonly #options: ResolvedOutlierOptions
  readonly #record: OutlierRecord
  readonly #release: (() => void)[]
  /** What ends the ejection, while there is one. */
  #comeBack: (() => void) | undefined
  #asking = false
  #askAgainAt = 0
  #warnAgainAt = 0
  #stopped = false

  constructor(lifecycle: Lifecycle, options: ResolvedOutlierOptions) {
    this.#lifecycle = lifecycle
    this.#options = options
    this.#record = new OutlierRecord(options)
    const answered = (answer: Answer): void => this.#answered(answer)
    this.#release = [
      lifecycle.addGate(({ response }) => {
        if (response !== undefined && lifecycle.phase === 'ready') observeAnswer(response, answered)
        return undefined
      }),
      lifecycle.on('phase', ({ phase }) => {
        if (phase !== 'warming' && phase !== 'ready') this.stop()
      }),
    ]
  }

  stop(): void {
    this.#stopped = true
    for (const release of this.#release.splice(0)) release()
    this.#comeBack?.()
  }

  #answered({ status, hasRetryAfter, elapsedMs }: Answer): void {
    // While it is out the balancers may not have heard yet; what they still send says nothing new.
    if (this.#stopped || this.#comeBack !== undefined || this.#asking) return
    if (status === 503 && hasRetryAfter) return
    const now = performance.now()
    const isBad = status >= 500 || elapsedMs > this.#options.slow
    if (this.#record.answered(isBad, now) && now >= this.#askAgainAt) void this.#leave()
  }

  async #leave(): Promise<void> {
    const { fleet } = this.#lifecycle
    if (fleet === undefined) {
      if (this.#options.alone) this.#eject(() => {})
      else this.#stay('alone')
      return
    }
    this.#asking = true
    const ejection = await fleet.tryEject({ maxPercent: this.#options.maxPercent, onLost: () => this.#lost() })
    this.#asking = false
    if (!ejection.granted) this.#stay(ejection.why)
    else if (this.#stopped) ejection.readmit()
    else this.#eject(ejection.readmit)
  }

  #lost(): void {
    if (this.#comeBack === undefined) return
    this.#comeBack()
    this.#lifecycle.logger.warn({}, 'outlier: its place among those that are out is lost; it is in again, on trial')
  }

  #stay(why: keyof typeof WHY_NOT): void {
    const now = performance.now()
    const { bad } = this.#record
    this.#record.stays()
    this.#askAgainAt = now + ASK_AGAIN_MS
    if (now < this.#warnAgainAt) return
    this.#warnAgainAt = now + this.#options.base
    this.#lifecycle.logger.warn({ bad, why }, `outlier: ${bad} bad answers in a row; it stays, for ${WHY_NOT[why]}`)
  }

  #eject(readmit: () => void): void {
    const { logger } = this.#lifecycle
    const { bad } = this.#record
    const ejectionMs = this.#record.ejected(performance.now())
    logger.warn(
      { bad, ejectionMs },
      `outlier: ${bad} bad answers in a row; out for ${Math.round(ejectionMs / 1_000)} s`,
    )
    const release = this.#lifecycle.hold(`outlier: ${bad} bad answers in a row`)
    const timer = setTimeout(() => this.#comeBack?.(), ejectionMs)
    timer.unref()
    this.#comeBack = () => {
      clearTimeout(timer)
      this.#comeBack = undefined
      this.#record.back(performance.now())
      release()
      readmit()
    }
  }
}
