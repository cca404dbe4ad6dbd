import { expect, test } from 'vitest'

import { runLossless } from './lossless-run.ts'

test('answers every request whose handler ran, and loses none that came before the linger ended', async () => {
  const result = await runLossless(400)

  expect(result).toMatchObject({ unanswered: [], lost: [], exitCode: 0 })
  // Without requests on both sides of the signal the run has shown nothing.
  expect(result.sentAfterSignal).toBeGreaterThan(50)
  expect(result.sent - result.sentAfterSignal).toBeGreaterThan(50)
})
