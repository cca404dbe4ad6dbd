import type { SuiteTest } from '../suite.ts'
import type { Setting, Stage } from './stage.ts'

export interface ServerTest extends SuiteTest {
  readonly setting?: Setting
  run(stage: Stage): Promise<void>
}
