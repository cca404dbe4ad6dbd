/** Of one dependency; more than these say no more to whoever reads a report. */
const MOST_ENDPOINTS = 100
const LONGEST_ENDPOINT = 200

/** Which endpoints cannot do without each dependency, as far as anybody has told. */
export class GuardedEndpoints {
  readonly #endpoints = new Map<string, Set<string>>()

  /** @returns Whether it was not known of one of the names. */
  add(names: readonly string[], method: string, path: string): boolean {
    const endpoint = `${toMethod(method)} ${path}`.slice(0, LONGEST_ENDPOINT)
    const before = this.#count()
    for (const name of names) {
      const known = this.#endpoints.get(name) ?? new Set()
      if (known.size < MOST_ENDPOINTS) this.#endpoints.set(name, known.add(endpoint))
    }
    return this.#count() > before
  }

  /** Those that need one of `names`, each once, in the order they were told. */
  of(names: readonly string[]): readonly string[] {
    return Object.freeze([...new Set(names.flatMap((name) => [...(this.#endpoints.get(name) ?? [])]))])
  }

  #count(): number {
    return [...this.#endpoints.values()].reduce((sum, { size }) => sum + size, 0)
  }
}

/** Frameworks answer HEAD wherever there is a GET, from the same route. */
function toMethod(method: string): string {
  const upper = method.toUpperCase()
  return upper === 'HEAD' ? 'GET' : upper
}
