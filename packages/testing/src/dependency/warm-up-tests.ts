import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { follow } from '../follow.ts'
import { REACH_MS } from '../limits.ts'
import { within } from '../within.ts'
import type { DependencyTest } from './dependency-test.ts'
import { runClose, runWarmUp } from './run-steps.ts'
import { createStepContext } from './step-context.ts'

export const warmUpTests: readonly DependencyTest[] = [
  {
    name: 'can be used once it is warm',
    exercises: 'a warm-up and a use of the client after it, with the backend well',
    needs: ['warmUp'],
    async run(stage) {
      await within(runWarmUp(stage.make()), () => 'the warm-up')
      await stage.use()
    },
  },
  {
    name: 'is not warm before it can be used',
    exercises: 'a warm-up that begins while the backend is frozen, and ends after the thaw',
    needs: ['warmUp'],
    async run(stage) {
      const dependency = stage.make()
      await stage.freeze()
      const warming = follow(runWarmUp(dependency))
      await pause(REACH_MS)
      assert.notEqual(warming.state, 'fulfilled', 'it is warm while its backend answers nothing')
      await stage.thaw()
      await within(warming.settled, () => 'the warm-up')
      // A driver's own limits may have ended it; the lifecycle would try again.
      if (warming.state === 'rejected') await within(runWarmUp(dependency), () => 'the next warm-up')
      await stage.use()
    },
  },
  {
    name: 'gives its warm-up up when the signal aborts, and leaves nothing of it behind',
    exercises: 'three attempts on a frozen backend, one after the thaw, and what is left after the close',
    needs: ['warmUp'],
    async run(stage) {
      const dependency = stage.make()
      await stage.freeze()
      for (let attempt = 1; attempt <= 3; attempt++) {
        const controller = new AbortController()
        const warming = follow(runWarmUp(dependency, createStepContext({ signal: controller.signal })))
        await pause(REACH_MS)
        controller.abort(new Error('given up, as the test wants it'))
        await within(warming.settled, () => 'a warm-up that was given up to settle')
        assert.equal(warming.state, 'rejected', 'it is warm while its backend answers nothing')
      }
      await stage.thaw()
      await within(runWarmUp(dependency), () => 'the warm-up after the thaw')
      await stage.use()
      await within(runClose(dependency), () => 'the close')
      await stage.nothingLeft()
    },
  },
  {
    name: 'is not warm while the backend is down, and is when it is back',
    exercises: 'a warm-up that is refused, what it says, and the next one after the start',
    needs: ['warmUp'],
    async run(stage) {
      const dependency = stage.make()
      const context = createStepContext({ signal: AbortSignal.timeout(1_000) })
      await stage.stop()
      const warming = follow(runWarmUp(dependency, context))
      await within(warming.settled, () => 'a warm-up that is refused to settle')
      assert.equal(warming.state, 'rejected', 'it is warm while its backend is down')
      stage.assertNoSecret(warming.reason, context.lines, context.steps)
      await stage.start()
      await within(runWarmUp(dependency), () => 'the warm-up after the start')
      await stage.use()
    },
  },
]
