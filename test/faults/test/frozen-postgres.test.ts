import { describeFreeze } from './support/freeze-suite.ts'

describeFreeze({
  frozenMs: 8_000,
  health: { interval: 1_000, timeout: 250, retryInterval: 150, fall: 3, abandonAfter: 2_000 },
})
