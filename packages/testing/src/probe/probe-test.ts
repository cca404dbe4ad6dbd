import type { SuiteTest } from '../suite.ts'
import type { ProbeSetting, ProbeStage } from './probe-stage.ts'

export interface ProbeTest extends SuiteTest {
  readonly setting?: ProbeSetting
  run(stage: ProbeStage): Promise<void>
}
