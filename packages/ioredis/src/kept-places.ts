interface KeptPlace {
  readonly id: string
  /** By `performance.now()`. */
  readonly until: number
}

/** Places in queues that were kept for the next call, by the names of what is waited for. */
export class KeptPlaces {
  readonly #lease: number
  readonly #places = new Map<string, readonly KeptPlace[]>()

  /** @param lease How long Redis keeps them, in milliseconds. */
  constructor(lease: number) {
    this.#lease = lease
  }

  keep(name: string, id: string): void {
    this.#places.set(name, [...this.#of(name), { id, until: performance.now() + this.#lease }])
  }

  /** The one that came first. */
  take(name: string): string | undefined {
    const [first, ...others] = this.#of(name)
    this.#places.set(name, others)
    return first?.id
  }

  takeAll(name: string): readonly string[] {
    const places = this.#of(name)
    this.#places.delete(name)
    return places.map(({ id }) => id)
  }

  #of(name: string): readonly KeptPlace[] {
    return (this.#places.get(name) ?? []).filter(({ until }) => until > performance.now())
  }
}
