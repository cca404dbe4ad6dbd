import type { Setting } from '../server/stage.ts'
import type { SuiteTest } from '../suite.ts'
import type { Http2Stage } from './http2-stage.ts'

export interface Http2Test extends SuiteTest {
  readonly setting?: Setting
  run(stage: Http2Stage): Promise<void>
}
