import { expect, test } from 'vitest'

import { runLossless } from './lossless-run.ts'

const RUNS = 20

test.each(Array.from({ length: RUNS }, (_, run) => run + 1))('loses nothing, run %i of 20', async (run) => {
  const result = await runLossless(500)

  console.log(`run ${run}: ${JSON.stringify(result)}`)
  expect(result).toMatchObject({ unanswered: [], lost: [], exitCode: 0 })
  expect(result.sentAfterSignal).toBeGreaterThan(50)
})
