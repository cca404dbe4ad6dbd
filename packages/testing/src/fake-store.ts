import type { CheckResult, Dependency } from '@tidegate/core'

/** What the service depends on, in the hands of the test. */
export class FakeStore {
  /** What its check says; `'hangs'` never says anything. */
  says: CheckResult['status'] | 'hangs' = 'pass'
  closed = false
  /** How often its check has run. */
  checks = 0
  /** Ends its warm-up. */
  warm: () => void = () => {}
  readonly #warm = new Promise<void>((resolve) => {
    this.warm = resolve
  })

  /** Checked so often that a test need not wait; `more` is what the test wants it to be besides. */
  dependency(more: Partial<Dependency> = {}): Dependency<'store'> {
    return {
      critical: false,
      health: { interval: 20, retryInterval: 10, timeout: '5s', fall: 1, rise: 1, staleAfter: '10s' },
      ...more,
      name: 'store',
      warmUp: () => this.#warm,
      check: () => this.#check(),
      close: async () => {
        this.closed = true
      },
    }
  }

  #check(): CheckResult | Promise<CheckResult> {
    this.checks++
    if (this.says === 'hangs') return new Promise(() => {})
    return { status: this.says, message: `the store was told to ${this.says}` }
  }
}
