import type { Prober } from './prober.ts'

/** Somebody who has asked for readiness or health during the drain. */
export interface ProberRecord {
  /** Its `User-Agent`, or its address when it sends none; cut to 80 characters. */
  readonly prober: string
  /** Milliseconds from the call to leave until it was told. */
  readonly toldAfterMs: number
  /** How often it has asked since. */
  readonly asked: number
}

const MOST_PROBERS = 32
const LONGEST_NAME = 80

/** Keeps who has been told that this instance is leaving: when nobody was, the lame duck has been in vain. */
export class ToldProbers {
  readonly #start = performance.now()
  readonly #told = new Map<string, { -readonly [Field in keyof ProberRecord]: ProberRecord[Field] }>()

  tell({ userAgent, address }: Prober): void {
    const prober = (userAgent ?? address ?? 'unknown').slice(0, LONGEST_NAME)
    const known = this.#told.get(prober)
    if (known !== undefined) known.asked++
    else if (this.#told.size < MOST_PROBERS) {
      this.#told.set(prober, { prober, toldAfterMs: Math.round(performance.now() - this.#start), asked: 1 })
    }
  }

  records(): readonly ProberRecord[] {
    return [...this.#told.values()]
  }
}
