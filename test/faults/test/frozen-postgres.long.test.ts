import { describeFreeze } from './support/freeze-suite.ts'

describeFreeze({
  frozenMs: 40_000,
  // The defaults, but for the last.
  health: { interval: 10_000, timeout: 1_000, retryInterval: 1_000, fall: 3, abandonAfter: 10_000 },
})
