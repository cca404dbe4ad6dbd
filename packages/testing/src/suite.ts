import { LifecycleError } from '@tidegate/core'

/** Longer than all limits inside a test together, so that what is reported is the wait that did not end. */
const TEST_LIMIT_MS = 30_000

/** A suite takes its runner from you: Vitest's, Jest's or node:test's own `describe` and `test`. */
export interface SuiteOptions {
  describe(name: string, body: () => void): unknown
  test(name: string, body: () => Promise<void>, timeoutMs: number): unknown
  /**
   * Tests that cannot pass, by name, each with the reason. Default none. One that passes after all fails, so that the
   * list stays true.
   */
  readonly deviations?: Readonly<Record<string, string>> | undefined
}

/** One promise of Tidegate, to be seen kept. */
export interface SuiteTest {
  /** Reads as a sentence about the subject. */
  readonly name: string
  /** What it truly drives, for the table in the README. */
  readonly exercises: string
}

/**
 * Declares the tests of a suite to the runner.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when a deviation names no test.
 */
export function declareSuite<Test extends SuiteTest>(
  name: string,
  tests: readonly Test[],
  { describe, test: declare, deviations = {} }: SuiteOptions,
  run: (test: Test) => Promise<void>,
): void {
  const unknown = Object.keys(deviations).filter((deviation) => tests.every((test) => test.name !== deviation))
  if (unknown.length > 0) {
    throw new LifecycleError(
      'TIDEGATE_CONFIG',
      `deviations of "${name}" name no test of the suite: ${unknown.map((one) => `"${one}"`).join(', ')}; name them as the runner prints them`,
    )
  }
  describe(name, () => {
    for (const test of tests) {
      const reason = Object.hasOwn(deviations, test.name) ? deviations[test.name] : undefined
      if (reason === undefined) declare(test.name, () => run(test), TEST_LIMIT_MS)
      else declare(`${test.name} (deviates: ${reason})`, () => expectDeviation(() => run(test)), TEST_LIMIT_MS)
    }
  })
}

async function expectDeviation(run: () => Promise<void>): Promise<void> {
  const passed = await run().then(
    () => true,
    () => false,
  )
  if (passed) throw new Error('it is declared a deviation, and passes: take it out of the deviations')
}
