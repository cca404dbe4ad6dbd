import type { Dependency } from '@tidegate/core'

import type { SuiteTest } from '../suite.ts'
import type { DependencyStage } from './dependency-stage.ts'

/** What a dependency may do or leave out. */
export type DependencyStep = keyof Pick<Dependency, 'warmUp' | 'check' | 'close'>

export interface DependencyTest extends SuiteTest {
  /** What the dependency has to have for it. */
  readonly needs: readonly DependencyStep[]
  run(stage: DependencyStage): Promise<void>
}
