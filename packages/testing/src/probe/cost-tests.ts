import assert from 'node:assert/strict'

import { until } from '../until.ts'
import { ALL_UP } from './expected-answers.ts'
import type { ProbeTest } from './probe-test.ts'

export const costTests: readonly ProbeTest[] = [
  {
    name: 'answers at once while a check hangs',
    exercises: 'questions while a critical check never comes back',
    setting: { store: { critical: true } },
    async run(stage) {
      await stage.ready()
      stage.store.says = 'hangs'
      const { checks } = stage.store
      await until(
        () => stage.store.checks > checks,
        () => 'the check that hangs to begin',
      )
      await stage.expect(ALL_UP)
    },
  },
  {
    name: 'makes no check run, however often it is asked',
    exercises: 'twenty rounds of questions between two checks',
    setting: { store: { critical: true, health: { interval: '100h', staleAfter: '300h' } } },
    async run(stage) {
      await stage.ready()
      for (let round = 1; round <= 20; round++) await stage.expect(ALL_UP)
      assert.equal(stage.store.checks, 1, 'a question has made a check run')
    },
  },
]
