import { expect, test } from 'vitest'

import { SignalLadder } from '../../src/process/signal-ladder.ts'
import type { SignalStep } from '../../src/process/signal-ladder.ts'

function steps(...signals: (readonly [NodeJS.Signals, number])[]): SignalStep[] {
  const ladder = new SignalLadder()
  return signals.map(([signal, at]) => ladder.step(signal, at))
}

test('a repeated SIGTERM changes nothing, however late', () => {
  expect(steps(['SIGTERM', 0], ['SIGTERM', 10], ['SIGTERM', 9_000])).toEqual(['begin', 'repeat', 'repeat'])
})

test('SIGINT skips the drain half a second after the first signal, and exits half a second after that', () => {
  expect(steps(['SIGTERM', 0], ['SIGINT', 500], ['SIGINT', 1_000])).toEqual(['begin', 'skip', 'exit'])
})

test('nearer ones count as the same Ctrl-C', () => {
  expect(steps(['SIGINT', 0], ['SIGINT', 499], ['SIGINT', 500], ['SIGINT', 999], ['SIGINT', 1_000])).toEqual([
    'begin',
    'repeat',
    'skip',
    'repeat',
    'exit',
  ])
})
