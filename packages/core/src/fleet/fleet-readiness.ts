import type { Emit } from '../lifecycle/emitter.ts'
import type { DependencyTimes } from './dependency-times.ts'
import type { FleetView } from './fleet.ts'

/** How long a fleet that has refused a place is not asked again, in milliseconds. */
const ASK_AGAIN_MS = 2_000

export interface FleetReadinessInit {
  readonly fleet: FleetView
  readonly times: DependencyTimes
  readonly emit: Emit
  /** Whether the phase lets requests in. */
  serving(): boolean
  /** `onlyHere` has changed. */
  onChange(): void
}

/** Takes this instance out while a dependency fails here that works for most of the others, if the fleet lets it. */
export class FleetReadiness {
  /** What fails only here, while this instance is out for it. */
  onlyHere: readonly string[] = []
  readonly #init: FleetReadinessInit
  /** When it was first known that most of the others had passed a check since it began to fail here. */
  readonly #provenAt = new Map<string, number>()
  #readmit: (() => void) | undefined
  #asking = false
  #askAgainAt = 0

  constructor(init: FleetReadinessInit) {
    this.#init = init
  }

  judge(): void {
    const { times, serving } = this.#init
    const alone = serving() ? times.names.filter((name) => this.#failsOnlyHere(name)) : []
    if (alone.length === 0) this.#comeBack()
    else if (this.#readmit !== undefined) this.#show(alone)
    else void this.#ask()
  }

  /**
   * The order of events proves it: it began to fail here, then most others passed, then it failed here again. Whoever is
   * the first to notice an outage of all, or the last to notice its end, sees another order.
   */
  #failsOnlyHere(name: string): boolean {
    const { fleet, times } = this.#init
    const elsewhere = times.failingSince(name) === undefined ? undefined : fleet.failingElsewhere(name)
    if (elsewhere === undefined || elsewhere.failing * 2 >= elsewhere.instances) {
      this.#provenAt.delete(name)
      return false
    }
    const provenAt = this.#provenAt.get(name) ?? performance.now()
    this.#provenAt.set(name, provenAt)
    return times.failedAfter(name, provenAt)
  }

  async #ask(): Promise<void> {
    if (this.#asking || performance.now() < this.#askAgainAt) return
    this.#asking = true
    const ejection = await this.#init.fleet.tryEject({ onLost: () => this.#lost() })
    this.#asking = false
    if (ejection.granted) this.#readmit = ejection.readmit
    else this.#askAgainAt = performance.now() + ASK_AGAIN_MS
    // Meanwhile it may have recovered.
    this.judge()
  }

  #lost(): void {
    this.#askAgainAt = performance.now() + ASK_AGAIN_MS
    this.#comeBack()
  }

  #comeBack(): void {
    this.#readmit?.()
    this.#readmit = undefined
    this.#show([])
  }

  #show(names: readonly string[]): void {
    if (names.join() === this.onlyHere.join()) return
    const { emit, onChange } = this.#init
    const wasOut = this.onlyHere.length > 0
    this.onlyHere = names
    onChange()
    if (names.length === 0) emit('fleet', { state: 'back' })
    else if (!wasOut) emit('fleet', { state: 'out', reason: `${names.join(', ')} fails here, but not for most others` })
  }
}
