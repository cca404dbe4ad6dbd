/** Somebody who has asked for readiness or health during the drain. */
export interface ProberRecord {
  /** Its `User-Agent`, or its address when it sends none; cut to 80 characters. */
  readonly prober: string
  /** Milliseconds from the call to leave until it was told. */
  readonly toldAfterMs: number
  /** How often it has asked since. */
  readonly asked: number
}

interface Told {
  readonly toldAt: number
  isTrusted: boolean
  asked: number
}

const MOST_TOLD = 32

/** Who has been told that this instance is leaving. Whatever came before the drain takes none of the places here. */
export class ToldProbers {
  readonly #startedAt = performance.now()
  readonly #told = new Map<string, Told>()

  note(prober: string, isTrusted: boolean, now: number): void {
    const known = this.#told.get(prober)
    if (known !== undefined) {
      known.asked += 1
      known.isTrusted ||= isTrusted
      return
    }
    if (this.#told.size >= MOST_TOLD && !(isTrusted && this.#makeRoom())) return
    this.#told.set(prober, { toldAt: now, isTrusted, asked: 1 })
  }

  /** At most 32, the first told first. */
  records(): readonly ProberRecord[] {
    return Array.from(this.#told, ([prober, { toldAt, asked }]) => {
      return { prober, toldAfterMs: Math.round(toldAt - this.#startedAt), asked }
    })
  }

  #makeRoom(): boolean {
    const [stranger] = [...this.#told].find(([, { isTrusted }]) => !isTrusted) ?? []
    return stranger !== undefined && this.#told.delete(stranger)
  }
}
