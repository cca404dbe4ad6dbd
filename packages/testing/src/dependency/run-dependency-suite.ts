import { declareSuite } from '../suite.ts'
import type { SuiteOptions } from '../suite.ts'
import type { DependencyFactory } from './dependency-factory.ts'
import { DependencyStage } from './dependency-stage.ts'
import type { DependencyStep, DependencyTest } from './dependency-test.ts'
import { dependencyTests } from './dependency-tests.ts'
import { asTest } from './resource-watch.ts'

export interface DependencySuiteOptions extends SuiteOptions {
  /** The steps that the dependency does without, each with the reason: what needs them are deviations. Default none. */
  readonly without?: Readonly<Partial<Record<DependencyStep, string>>> | undefined
}

/**
 * Holds the dependencies that `factory` makes to what Tidegate expects of one, with the backend well, frozen, stopped and
 * back again. Every test gets a client and a dependency of its own.
 *
 * @throws {LifecycleError} `TIDEGATE_CONFIG`, when a deviation names no test.
 */
export function runDependencySuite(
  name: string,
  factory: DependencyFactory,
  { without = {}, ...options }: DependencySuiteOptions,
): void {
  const deviations: Record<string, string> = {}
  for (const test of dependencyTests) {
    const step = test.needs.find((need) => without[need] !== undefined)
    if (step !== undefined) deviations[test.name] = `no ${step}(): ${without[step]}`
  }
  Object.assign(deviations, options.deviations)
  declareSuite(name, dependencyTests, { ...options, deviations }, (test) => asTest(() => runTest(test, factory)))
}

async function runTest({ needs, run }: DependencyTest, factory: DependencyFactory): Promise<void> {
  const stage = await DependencyStage.open(factory, needs)
  try {
    await run(stage)
  } finally {
    await stage.close()
  }
}
