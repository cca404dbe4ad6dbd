import fc from 'fast-check'
import { describe, expect } from 'vitest'

import { it } from '../../harness/it.ts'
import { runs } from '../../harness/terminus-runs.ts'
import { OURS, runTerminus, THEIRS } from '../../harness/terminus.ts'

const LIMIT_MS = 120_000

describe('@tidegate/terminus', () => {
  it(
    'ends as @godaddy/terminus does: hooks, answers, exit',
    { timeout: LIMIT_MS },
    async ({ spawnProgram, request }) => {
      const same = fc.asyncProperty(runs, async (run) => {
        const [theirs, ours] = await Promise.all(
          [THEIRS, OURS].map((name) => runTerminus(name, run, spawnProgram, request)),
        )
        expect(ours).toEqual(theirs)
      })
      await fc.assert(same, { numRuns: 10, seed: 4121, endOnFailure: true })
    },
  )
})
