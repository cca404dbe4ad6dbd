import fc from 'fast-check'
import { it } from 'vitest'

import { expectTheSame, scenarios } from './support/compare.ts'

it(
  'answers what @godaddy/terminus answers, whatever its options, checks and requests are',
  { timeout: 60_000 },
  async () => {
    await fc.assert(fc.asyncProperty(scenarios, expectTheSame), { numRuns: 150, seed: 4121 })
  },
)
