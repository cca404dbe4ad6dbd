import type { LifecycleEvents } from '../lifecycle/events.ts'

/** Knows which warm-up has come past another whole quarter: that much is told to everybody. */
export class Quarters {
  readonly #passed = new Map<string, number>()

  hasPassed({ dependency, state, done, total }: LifecycleEvents['warmup']): boolean {
    if (state !== 'progress') {
      this.#passed.delete(dependency)
      return false
    }
    if (done === undefined || total === undefined || total <= 0) return false
    const quarter = Math.floor((4 * done) / total)
    if (quarter <= (this.#passed.get(dependency) ?? 0)) return false
    this.#passed.set(dependency, quarter)
    return true
  }
}
