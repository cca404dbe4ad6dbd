import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import type { Dependency, DependencyOptions, StageContext } from '@tidegate/core'

import { follow } from '../follow.ts'
import { AMPLE_MS, CLOSE_LIMIT_MS, LATE_MS, REACH_MS } from '../limits.ts'
import { within } from '../within.ts'
import type { DependencyStage } from './dependency-stage.ts'
import type { DependencyTest } from './dependency-test.ts'
import { runCheck, runClose, runWarmUp } from './run-steps.ts'
import { createStepContext } from './step-context.ts'

export const closeTests: readonly DependencyTest[] = [
  {
    name: 'leaves no connection and no timer once it is closed',
    exercises: 'a close after a warm-up, a check and a use',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      await close(dependency)
      await stage.nothingLeft()
    },
  },
  {
    name: 'lets work in flight end before it closes',
    exercises: 'a close that begins while the whole client is busy',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      const work = await stage.occupy()
      const closing = close(dependency)
      await pause(REACH_MS)
      await work.finish()
      await within(work.done, () => 'the work to end')
      await closing
      await stage.nothingLeft()
    },
  },
  {
    name: 'ends its close in time when work in flight does not end',
    exercises: '`remaining()` of 1 s and a signal that never aborts, with the whole client busy',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      const work = await stage.occupy()
      await closeInTime(dependency)
      await work.finish()
      await stage.nothingLeft()
    },
  },
  {
    name: 'ends its close at once when the signal aborts',
    exercises: 'an abort with the whole client busy, and time left',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      const work = await stage.occupy()
      const controller = new AbortController()
      const closing = follow(
        runClose(dependency, createStepContext({ limit: 2 * AMPLE_MS, signal: controller.signal })),
      )
      await pause(REACH_MS)
      controller.abort(new Error('no time left, as the test wants it'))
      await within(closing.settled, () => 'the close to settle after its signal aborted')
      await work.finish()
      await stage.nothingLeft()
    },
  },
  {
    name: 'ends its close in time on a frozen backend, and holds nothing after it',
    exercises:
      '`remaining()` of 1 s and a signal that never aborts; sockets and timers while it is frozen, connections after',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      await stage.freeze()
      await closeInTime(dependency)
      await stage.nothingHeld()
      await stage.thaw()
      await stage.nothingLeft()
    },
  },
  {
    name: 'ends its close in time after the backend has died, and holds nothing after it',
    exercises:
      '`remaining()` of 1 s and a signal that never aborts; sockets and timers after it, connections after the start',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      await stage.stop()
      await closeInTime(dependency)
      await stage.nothingHeld()
      await stage.start()
      await stage.nothingLeft()
    },
  },
  {
    name: 'can be closed twice',
    exercises: 'two closes at once, and one after them',
    needs: ['close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      await Promise.all([close(dependency), close(dependency)])
      await close(dependency)
      await stage.nothingLeft()
    },
  },
  {
    name: 'can be closed in the midst of its warm-up',
    exercises:
      'an attempt on a frozen backend that is given up, the close right after it, sockets and timers, and the thaw',
    needs: ['warmUp', 'close'],
    async run(stage) {
      const dependency = stage.make()
      await stage.freeze()
      const controller = new AbortController()
      const warming = follow(runWarmUp(dependency, createStepContext({ signal: controller.signal })))
      await pause(REACH_MS)
      controller.abort(new Error('the service is leaving, as the test wants it'))
      await closeInTime(dependency)
      await within(warming.settled, () => 'a warm-up that was given up to settle')
      await stage.nothingHeld()
      await stage.thaw()
      await stage.nothingLeft()
    },
  },
  {
    name: 'can be closed in the midst of its check, and asks nobody after it',
    exercises: 'a close while a frozen backend is asked, sockets and timers, a check after the thaw',
    needs: ['check', 'close'],
    async run(stage) {
      const dependency = await makeUsed(stage)
      await stage.freeze()
      const controller = new AbortController()
      const checking = runCheck(dependency, createStepContext({ signal: controller.signal }))
      await pause(REACH_MS)
      await closeInTime(dependency)
      controller.abort(new Error('given up, as the test wants it'))
      await within(checking, () => 'a check that was given up to settle')
      await stage.nothingHeld()
      await stage.thaw()
      assert.equal((await within(runCheck(dependency), () => 'a check after the close')).status, 'fail')
      await stage.nothingLeft()
    },
  },
  {
    name: 'leaves the client to its owner when close is false',
    exercises: 'a use of the client and a check after the close, and what the backend has of the dependency then',
    needs: ['close'],
    async run(stage) {
      const dependency = stage.make({ close: false })
      await within(runWarmUp(dependency), () => 'the warm-up')
      await stage.use()
      const users = await stage.connections()
      await runCheck(dependency)
      await close(dependency)
      await stage.use()
      await runCheck(dependency)
      await stage.atMost(users)
    },
  },
]

/** Warm, checked and used: with every connection that it ever opens. */
async function makeUsed(stage: DependencyStage, options?: DependencyOptions): Promise<Dependency> {
  const dependency = stage.make(options)
  await within(runWarmUp(dependency), () => 'the warm-up')
  await runCheck(dependency)
  await stage.use()
  return dependency
}

function close(dependency: Dependency, context?: StageContext): Promise<void> {
  return within(runClose(dependency, context), () => 'the close')
}

/**
 * Closes where nothing but `remaining()` can end it; the lifecycle aborts the signal only when the limit has passed and
 * the step has overrun. Whether it resolves or says what it has cut off is its own affair.
 */
async function closeInTime(dependency: Dependency): Promise<void> {
  const begun = performance.now()
  const closing = follow(
    runClose(dependency, createStepContext({ limit: CLOSE_LIMIT_MS, signal: new AbortController().signal })),
  )
  await within(closing.settled, () => `a close with ${CLOSE_LIMIT_MS} ms to settle`)
  const late = performance.now() - begun - CLOSE_LIMIT_MS
  assert.ok(late <= LATE_MS, `the close overran its ${CLOSE_LIMIT_MS} ms by ${Math.round(late)} ms`)
}
