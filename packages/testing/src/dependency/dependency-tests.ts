import { checkTests } from './check-tests.ts'
import { closeTests } from './close-tests.ts'
import type { DependencyTest } from './dependency-test.ts'
import { lifecycleTests } from './lifecycle-tests.ts'
import { optionTests } from './option-tests.ts'
import { warmUpTests } from './warm-up-tests.ts'

/** The dependency suite. */
export const dependencyTests: readonly DependencyTest[] = [
  ...optionTests,
  ...warmUpTests,
  ...checkTests,
  ...closeTests,
  ...lifecycleTests,
]
