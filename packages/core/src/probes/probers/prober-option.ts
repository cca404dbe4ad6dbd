import { failureMessage } from '../../health/failure-message.ts'
import type { Logger } from '../../logger.ts'
import { describeValue } from '../../options/describe-value.ts'
import type { Prober } from './prober.ts'

export type ForProber<Value> = Value | ((prober: Prober) => Value)

export interface ProberOptionInit<Value> {
  /** `'probes.details'`. */
  readonly name: string
  readonly option: ForProber<Value>
  /** What stands in for what the function does wrong. */
  readonly fallback: Value
  /** How a message names what it may return. */
  readonly expected: string
  isValid(value: unknown): value is Value
  readonly logger: Logger
}

/** An option that may depend on who asks. What the user's own function does wrong must never fail a probe. */
export class ProberOption<Value extends string | number> {
  readonly #init: ProberOptionInit<Value>
  #complained = false

  constructor(init: ProberOptionInit<Value>) {
    this.#init = init
  }

  for(prober: Prober): Value {
    const { option, isValid } = this.#init
    if (typeof option !== 'function') return option
    try {
      const answer: unknown = option(prober)
      if (isValid(answer)) return answer
      // What it rejects with is nobody's any more.
      if (answer instanceof Promise) answer.catch(() => {})
      return this.#complain(`returned ${describeValue(answer)}`)
    } catch (error) {
      return this.#complain(`threw: ${failureMessage(error)}`)
    }
  }

  #complain(fault: string): Value {
    const { name, expected, fallback, logger } = this.#init
    if (!this.#complained) {
      this.#complained = true
      const instead = typeof fallback === 'string' ? `'${fallback}'` : fallback
      logger.error(
        {},
        `${name} ${fault}; it has to return ${expected} at once: ${instead} was taken; this is said once`,
      )
    }
    return fallback
  }
}
