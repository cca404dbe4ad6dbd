import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import type { CheckContext, CheckResult, Dependency } from '@tidegate/core'

import { REACH_MS } from '../limits.ts'
import { until } from '../until.ts'
import { within } from '../within.ts'
import type { DependencyStage } from './dependency-stage.ts'
import type { DependencyTest } from './dependency-test.ts'
import { ResourceWatch } from './resource-watch.ts'
import { runCheck, runWarmUp } from './run-steps.ts'
import { createStepContext } from './step-context.ts'

export const checkTests: readonly DependencyTest[] = [
  {
    name: 'passes its check while all is well',
    exercises: 'the check of a warm dependency, twice',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      for (let run = 1; run <= 2; run++) assert.equal((await check(dependency)).status, 'pass')
    },
  },
  {
    name: 'does not pass the check of a frozen backend, and gives it up when the signal aborts',
    exercises: 'three runs, each given up by its signal, and the check after the thaw',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      await check(dependency)
      await stage.freeze()
      for (let run = 1; run <= 3; run++) assert.equal((await giveUpCheck(dependency)).status, 'fail')
      await stage.thaw()
      await passesAgain(dependency)
    },
  },
  {
    name: 'has one connection for its check, however often a frozen backend was asked',
    exercises: 'what the backend has after three runs that were given up, once it can be asked',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      const users = await stage.connections()
      await check(dependency)
      await stage.freeze()
      for (let run = 1; run <= 3; run++) await giveUpCheck(dependency)
      await stage.thaw()
      await passesAgain(dependency)
      await stage.atMost(users + 1)
    },
  },
  {
    name: 'fails its check while the backend is down, says why, and tells no secret',
    exercises: 'two checks after the stop: their messages, and everything that was logged',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      await check(dependency)
      await stage.stop()
      const context = createStepContext()
      for (let run = 1; run <= 2; run++) {
        const result = await check(dependency, context)
        assert.equal(result.status, 'fail')
        assert.match(result.message ?? '', /\S+\s+\S+/, 'the message of a fail has to say why, in words')
        stage.assertNoSecret(result, context.lines)
      }
    },
  },
  {
    name: 'passes its check again after a restart, and can be used',
    exercises: 'a stop and a start, with the same dependency and the same client',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      await check(dependency)
      await stage.stop()
      await check(dependency)
      await stage.start()
      await passesAgain(dependency)
      await stage.use()
    },
  },
  {
    name: 'answers its check while users keep the whole client busy',
    exercises: 'a check with every connection of the client in use, and the end of what uses them',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      const work = await stage.occupy()
      assert.notEqual((await check(dependency)).status, 'fail')
      await work.finish()
      await within(work.done, () => 'the work to end')
    },
  },
  {
    name: 'gathers nothing over a hundred checks',
    exercises: 'connections, timers and listeners of the signal after the first check and after a hundred more',
    needs: ['check'],
    async run(stage) {
      const dependency = await makeWarm(stage)
      const { signal } = new AbortController()
      const context = createStepContext({ signal })
      await check(dependency, context)
      const connections = await stage.connections()
      const resources = new ResourceWatch()
      for (let run = 1; run <= 100; run++) await check(dependency, context)
      await stage.atMost(connections)
      await stage.nothingHeld(resources)
      resources.stop()
      assert.equal(getEventListeners(signal, 'abort').length, 0, 'listeners were left on the signal')
    },
  },
]

async function makeWarm(stage: DependencyStage): Promise<Dependency> {
  const dependency = stage.make()
  await within(runWarmUp(dependency), () => 'the warm-up')
  return dependency
}

function check(dependency: Dependency, context?: CheckContext): Promise<CheckResult> {
  return within(runCheck(dependency, context), () => 'the check')
}

/** Runs the check and aborts it, as the lifecycle does at `abandonAfter`. */
async function giveUpCheck(dependency: Dependency): Promise<CheckResult> {
  const controller = new AbortController()
  const checking = runCheck(dependency, createStepContext({ signal: controller.signal }))
  await pause(REACH_MS)
  controller.abort(new Error('given up, as the test wants it'))
  return within(checking, () => 'a check that was given up to settle')
}

async function passesAgain(dependency: Dependency): Promise<void> {
  let result: CheckResult | undefined
  await until(
    async () => {
      result = await check(dependency)
      return result.status === 'pass'
    },
    () => `the check to pass again; it says ${JSON.stringify(result)}`,
  )
}
