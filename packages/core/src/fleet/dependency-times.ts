import type { LifecycleEvents } from '../lifecycle/events.ts'
import type { FleetDependency } from './fleet.ts'

interface Times {
  passedAt: number | undefined
  failedAt: number | undefined
  failingSince: number | undefined
}

/** When the checks of some dependencies have passed and failed, by `performance.now()`. */
export class DependencyTimes {
  readonly #times: ReadonlyMap<string, Times>

  constructor(names: readonly string[]) {
    this.#times = new Map(
      names.map((name) => [name, { passedAt: undefined, failedAt: undefined, failingSince: undefined }]),
    )
  }

  get names(): readonly string[] {
    return [...this.#times.keys()]
  }

  checked({ dependency, result }: LifecycleEvents['check']): boolean {
    const times = this.#times.get(dependency)
    if (times === undefined) return false
    times[result.status === 'fail' ? 'failedAt' : 'passedAt'] = performance.now()
    return true
  }

  turned({ dependency, status }: LifecycleEvents['health']): boolean {
    const times = this.#times.get(dependency)
    if (times === undefined) return false
    if (status !== 'fail') times.failingSince = undefined
    else times.failingSince ??= performance.now()
    return true
  }

  failingSince(name: string): number | undefined {
    return this.#times.get(name)?.failingSince
  }

  /** Whether a check of it has failed after that moment. */
  failedAfter(name: string, moment: number): boolean {
    return (this.#times.get(name)?.failedAt ?? -Infinity) > moment
  }

  /** A pass that is not trusted yet is none. */
  list(): readonly FleetDependency[] {
    return Array.from(this.#times, ([name, { passedAt, failingSince }]) =>
      failingSince === undefined ? { name, passedAt } : { name, failingSince },
    )
  }
}
