import type * as nodeTest from 'node:test'

import { describe, expect, expectTypeOf, test } from 'vitest'

import { declareSuite } from '../src/suite.ts'
import type { SuiteOptions, SuiteTest } from '../src/suite.ts'
import { recordingRunner } from './support/recording-runner.ts'

const TESTS: readonly SuiteTest[] = [
  { name: 'keeps one promise', exercises: 'nothing' },
  { name: 'keeps another', exercises: 'nothing' },
]

const passes = async (): Promise<void> => {}
const fails = async ({ name }: SuiteTest): Promise<void> => {
  throw new Error(`${name}: broken`)
}

describe('a test of a suite', () => {
  test('is declared by its name, and fails as it fails', async () => {
    const runner = recordingRunner()
    declareSuite('an adapter', TESTS, runner, fails)

    expect([...runner.bodies.keys()]).toEqual(['keeps one promise', 'keeps another'])
    await expect(runner.bodies.get('keeps another')?.()).rejects.toThrow('keeps another: broken')
  })
})

test('a suite takes the functions of Vitest and of node:test as they are', () => {
  type Runner = Pick<SuiteOptions, 'describe' | 'test'>

  expectTypeOf({ describe, test }).toExtend<Runner>()
  expectTypeOf<typeof nodeTest>().toExtend<Runner>()
})

describe('a declared deviation', () => {
  const deviations = { 'keeps another': 'the framework cannot' }

  test('is declared with its reason, and may fail', async () => {
    const runner = recordingRunner()
    declareSuite('an adapter', TESTS, { ...runner, deviations }, fails)

    expect([...runner.bodies.keys()]).toEqual(['keeps one promise', 'keeps another (deviates: the framework cannot)'])
    await runner.bodies.get('keeps another (deviates: the framework cannot)')?.()
    await expect(runner.bodies.get('keeps one promise')?.()).rejects.toThrow('broken')
  })

  test('fails when it passes', async () => {
    const runner = recordingRunner()
    declareSuite('an adapter', TESTS, { ...runner, deviations }, passes)

    const deviating = runner.bodies.get('keeps another (deviates: the framework cannot)')
    await expect(deviating?.()).rejects.toThrow('take it out of the deviations')
  })

  test('must name a test of the suite', () => {
    const declare = (): void =>
      declareSuite('an adapter', TESTS, { ...recordingRunner(), deviations: { 'keeps onether': 'typo' } }, passes)

    expect(declare).toThrow(
      expect.objectContaining({
        code: 'TIDEGATE_CONFIG',
        message: expect.stringContaining('"keeps onether"') as string,
      }),
    )
  })
})
