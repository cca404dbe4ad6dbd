import type { Dependency } from '@tidegate/core'

/** What the app depends on, in the hands of the test. */
export class FakeStore {
  works = true
  closed = false
  /** Ends its warm-up. */
  warm: () => void = () => {}
  readonly #warm = new Promise<void>((resolve) => {
    this.warm = resolve
  })

  get dependency(): Dependency<'store'> {
    return {
      name: 'store',
      critical: false,
      warmUp: () => this.#warm,
      check: () => {
        if (!this.works) throw new Error('the store is down')
      },
      close: async () => {
        this.closed = true
      },
      health: { interval: 20, retryInterval: 10, fall: 1, rise: 1, staleAfter: '10s' },
    }
  }
}
