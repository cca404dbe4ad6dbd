import assert from 'node:assert/strict'

import { nextEvent } from '../next-event.ts'
import { ALL_UP, ONLY_ALIVE, OUT_OF_ROTATION } from './expected-answers.ts'
import type { ProbeTest } from './probe-test.ts'

const LAME_DUCK_MS = 1_500

export const phaseTests: readonly ProbeTest[] = [
  {
    name: 'is alive and no more before the service has started',
    exercises: 'a prober that asks ahead of `start`; one that has opened a port of its own has started it',
    run: (stage) => stage.expect(ONLY_ALIVE),
  },
  {
    name: 'is alive and no more while the service warms up, and everything once it is ready',
    exercises: 'a dependency that is warming up, and the end of its warm-up',
    async run(stage) {
      await stage.lifecycle.start()
      await stage.expect(ONLY_ALIVE)
      stage.store.warm()
      await stage.whenReady()
      await stage.expect(ALL_UP)
    },
  },
  {
    name: 'has started once the warm-up has completed, and is not ready before a critical check has passed',
    exercises: 'a critical dependency that is warm, and whose first check fails',
    setting: { store: { critical: true } },
    async run(stage) {
      stage.store.says = 'fail'
      stage.store.warm()
      const checked = nextEvent(stage.lifecycle, 'check', () => true, 'the first check')
      await stage.lifecycle.start()
      await checked
      await stage.expect(OUT_OF_ROTATION)
      stage.store.says = 'pass'
      await stage.whenReady()
      await stage.expect(ALL_UP)
    },
  },
  {
    name: 'is neither ready nor healthy while it is held',
    exercises: 'two holds, of which one is released before the other',
    async run(stage) {
      await stage.ready()
      const releases = ['deploying', 'taking a backup'].map((reason) => stage.lifecycle.hold(reason))
      for (const release of releases) {
        await stage.expect(OUT_OF_ROTATION)
        release()
      }
      await stage.expect(ALL_UP)
    },
  },
  {
    name: 'is neither ready nor healthy from the call that begins to leave, and alive until it has left',
    exercises: 'questions in the same tick as `shutdown`, and later in the lame duck',
    async run(stage) {
      await stage.ready()
      await stage.expect(ALL_UP)
      const stopped = stage.lifecycle.shutdown({ lameDuck: LAME_DUCK_MS })
      stage.assertAnswers(await stage.answers(), OUT_OF_ROTATION)
      await stage.expect(OUT_OF_ROTATION)
      assert.equal(stage.lifecycle.phase, 'draining', 'the answers came too late to say anything about the drain')
      await stopped
    },
  },
  {
    name: 'is down or gone once the service has stopped, and does not hang',
    exercises: 'questions after the end of the shutdown',
    async run(stage) {
      await stage.ready()
      await stage.expect(ALL_UP)
      await stage.lifecycle.shutdown()
      for (const kind of stage.kinds) {
        const answer = await stage.askTheGone(kind)
        if (kind === 'ready' || kind === 'health') assert.notEqual(answer, 'up', `${kind} is up`)
      }
    },
  },
]
