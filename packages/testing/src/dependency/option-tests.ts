import assert from 'node:assert/strict'

import type { DependencyOptions } from '@tidegate/core'

import { within } from '../within.ts'
import type { DependencyStage } from './dependency-stage.ts'
import type { DependencyTest } from './dependency-test.ts'

const NAME = /^[a-z0-9][a-z0-9-]*$/

export const optionTests: readonly DependencyTest[] = [
  {
    name: 'has a name by default, and takes another',
    exercises: '`{}` and `{ name }`; the name can stand in a URL',
    needs: [],
    async run(stage) {
      assert.match(stage.make().name, NAME)
      assert.equal(stage.make({ name: 'another-2' }).name, 'another-2')
    },
  },
  {
    name: 'hands on critical, dependsOn and limits',
    exercises: 'both values of `critical`; the other two as they were given; none of them when none was given',
    needs: [],
    async run(stage) {
      const given: DependencyOptions = { dependsOn: ['vault'], limits: { warmUp: '9s', close: '2s' } }
      for (const critical of [true, false]) assertHandedOn(stage, { critical, ...given })
      const { critical = true, dependsOn = [], limits = {} } = stage.make()
      assert.deepEqual({ critical, dependsOn, limits }, { critical: true, dependsOn: [], limits: {} })
    },
  },
  {
    name: 'hands on what health says of its check',
    exercises: '`health` as it was given',
    needs: ['check'],
    async run(stage) {
      assertHandedOn(stage, { health: { interval: '7s', timeout: 300, fall: 2 } })
    },
  },
  {
    name: 'never writes to its options',
    exercises: 'options that are frozen to the last, and ones that are not and go through a whole life',
    needs: [],
    async run(stage) {
      const options: DependencyOptions = { critical: true, dependsOn: [], limits: { warmUp: '9s' } }
      const before = structuredClone(options)
      stage.make(deepFreeze(structuredClone(options)))
      const lifecycle = stage.lifecycle(stage.make(options))
      await lifecycle.start()
      await within(lifecycle.whenReady(), () => 'the service to be ready')
      await lifecycle.shutdown()
      assert.deepEqual(options, before)
    },
  },
  {
    name: 'refuses an option that there is not, by its name',
    exercises: '`{ critcal: false }`',
    needs: [],
    async run(stage) {
      assertRefused(stage, { critcal: false }, ['critcal'])
    },
  },
  {
    name: 'refuses a name that cannot stand in a URL',
    exercises: "`{ name: 'My Orders' }`",
    needs: [],
    async run(stage) {
      assertRefused(stage, { name: 'My Orders' }, ['My Orders'])
    },
  },
  {
    name: 'names every fault of its options in one error',
    exercises: '`critical`, `dependsOn` and `limits` of the wrong type, and an option that there is not',
    needs: [],
    async run(stage) {
      const faults = { critical: 'no', dependsOn: 'vault', limits: 5, retries: 3 }
      assertRefused(stage, faults, Object.keys(faults))
    },
  },
]

function assertHandedOn(stage: DependencyStage, options: DependencyOptions): void {
  const dependency = stage.make(options)
  for (const key of Object.keys(options) as (keyof typeof options)[]) {
    assert.deepEqual({ [key]: dependency[key] }, { [key]: options[key] })
  }
}

/** By core's own error, so that programs tell it apart, with each of these in its message. */
function assertRefused(stage: DependencyStage, options: object, parts: readonly string[]): void {
  assert.throws(
    () => stage.make(options),
    ({ code, message }: NodeJS.ErrnoException) =>
      code === 'TIDEGATE_CONFIG' && parts.every((part) => message.includes(part)),
    `options ${JSON.stringify(options)} have to be refused with TIDEGATE_CONFIG, naming ${parts.join(', ')}`,
  )
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner)
  return Object.freeze(value)
}
