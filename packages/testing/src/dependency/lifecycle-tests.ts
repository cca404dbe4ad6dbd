import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

import { REACH_MS } from '../limits.ts'
import { nextEvent } from '../next-event.ts'
import { turn } from '../turn.ts'
import { within } from '../within.ts'
import type { DependencyTest } from './dependency-test.ts'
import { processListeners } from './process-listeners.ts'
import { ResourceWatch } from './resource-watch.ts'

/** All through a lifecycle, as it runs in a service. */
export const lifecycleTests: readonly DependencyTest[] = [
  {
    name: 'does nothing before its lifecycle starts',
    exercises:
      'sockets, timers and listeners of the process once it is made, and what the backend has seen of it by then',
    needs: [],
    async run(stage) {
      const resources = new ResourceWatch()
      const listeners = processListeners()
      stage.lifecycle(stage.make())
      const held = resources.list()
      resources.stop()
      assert.deepEqual(held, [], 'it opens something when it is made')
      await turn()
      assert.deepEqual(processListeners(), listeners, 'it listens to the process when it is made')
      await stage.nothingLeft()
    },
  },
  {
    name: 'leaves the client alone when its lifecycle never starts',
    exercises: 'a shutdown without a start, what is left, and a use of the client after it',
    needs: ['close'],
    async run(stage) {
      const lifecycle = stage.lifecycle(stage.make())
      const { steps } = await lifecycle.shutdown()
      assert.deepEqual(steps, [])
      await stage.nothingLeft()
      await stage.use()
    },
  },
  {
    name: 'warms up and closes with its lifecycle',
    exercises: 'start, ready, a use, shutdown; what the record says of its close, and what is left',
    needs: [],
    async run(stage) {
      const dependency = stage.make()
      const lifecycle = stage.lifecycle(dependency)
      await lifecycle.start()
      await within(lifecycle.whenReady(), () => 'the service to be ready')
      await stage.use()

      const { steps, exitCode } = await within(lifecycle.shutdown(), () => 'the shutdown')

      const expected = dependency.close === undefined ? [] : [{ step: 'close', name: dependency.name, outcome: 'done' }]
      assert.deepEqual(
        steps.map(({ step, name, outcome }) => ({ step, name, outcome })),
        expected,
      )
      assert.equal(exitCode, 0)
      await stage.nothingLeft()
    },
  },
  {
    name: 'is ready by itself when its backend comes up after the service',
    exercises: 'a start while the backend is down, an attempt that fails, and the start of the backend',
    needs: ['warmUp'],
    async run(stage) {
      const lifecycle = stage.lifecycle(stage.make())
      const failed = nextEvent(lifecycle, 'warmup', ({ state }) => state === 'failed', 'an attempt to fail')
      await stage.stop()
      await lifecycle.start()
      stage.assertNoSecret(await failed, lifecycle.report())
      assert.equal(lifecycle.ready, false)
      await stage.start()
      await within(lifecycle.whenReady(), () => 'the service to be ready')
      await stage.use()
    },
  },
  {
    name: 'is seen failing when its backend stops, and well when it is back',
    exercises: 'the events of its health around a stop and a start, the report, and a shutdown after them',
    needs: ['check', 'close'],
    async run(stage) {
      const dependency = stage.make()
      const { name } = dependency
      const lifecycle = stage.lifecycle(dependency)
      const seen = (status: string) =>
        nextEvent(lifecycle, 'health', (event) => event.status === status, `the dependency to be seen as ${status}`)
      await lifecycle.start()
      await within(lifecycle.whenReady(), () => 'the service to be ready')

      const failing = seen('fail')
      await stage.stop()
      stage.assertNoSecret(await failing, lifecycle.report())
      assert.equal(lifecycle.report().status, 'fail')
      const well = seen('pass')
      await stage.start()
      await well
      assert.equal(lifecycle.report().dependencies[name]?.status, 'pass')

      const { steps } = await within(lifecycle.shutdown(), () => 'the shutdown')
      assert.deepEqual(
        steps.map(({ outcome }) => outcome),
        ['done'],
      )
      await stage.nothingLeft()
    },
  },
  {
    name: 'does not hold up a shutdown that comes while it warms up',
    exercises: 'a shutdown while a frozen backend is waited for, and the thaw',
    needs: ['warmUp'],
    async run(stage) {
      const lifecycle = stage.lifecycle(stage.make())
      await stage.freeze()
      await lifecycle.start()
      await pause(REACH_MS)
      await within(lifecycle.shutdown(), () => 'the shutdown')
      await stage.thaw()
      await stage.nothingLeft()
    },
  },
]
