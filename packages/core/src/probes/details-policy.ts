import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import { describeValue } from '../options/describe-value.ts'
import type { ProbeDetails } from './probe-details.ts'
import type { Prober } from './prober.ts'

export type DetailsOption = ProbeDetails | ((prober: Prober) => ProbeDetails)

export const DETAILS: readonly ProbeDetails[] = Object.freeze(['none', 'summary', 'full'])

/** Decides how much is told to whom. What the user's own function does wrong must never fail a probe, or tell more. */
export class DetailsPolicy {
  readonly #option: DetailsOption
  readonly #logger: Logger
  #complained = false

  constructor(option: DetailsOption, logger: Logger) {
    this.#option = option
    this.#logger = logger
  }

  for(prober: Prober): ProbeDetails {
    const option = this.#option
    if (typeof option !== 'function') return option
    try {
      const answer: unknown = option(prober)
      const details = DETAILS.find((one) => one === answer)
      return details ?? this.#complain(answeredWith(answer))
    } catch (error) {
      return this.#complain(`threw: ${failureMessage(error)}`)
    }
  }

  #complain(fault: string): ProbeDetails {
    if (!this.#complained) {
      this.#complained = true
      this.#logger.error(
        {},
        `probes.details ${fault}; it has to return 'none', 'summary' or 'full' at once: the summary was shown; this is said once`,
      )
    }
    return 'summary'
  }
}

function answeredWith(value: unknown): string {
  // What it rejects with is nobody's any more.
  if (value instanceof Promise) value.catch(() => {})
  return `returned ${describeValue(value)}`
}
