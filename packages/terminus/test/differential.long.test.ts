import fc from 'fast-check'
import { it } from 'vitest'

import { expectTheSame, scenarios } from './support/compare.ts'

it('answers what @godaddy/terminus answers, 10 000 times', { timeout: 600_000 }, async () => {
  await fc.assert(fc.asyncProperty(scenarios, expectTheSame), { numRuns: 10_000 })
})
