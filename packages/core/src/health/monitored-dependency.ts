import type { CheckContext, CheckResult } from '../dependency.ts'
import type { ResolvedCheckOptions } from './check-options.ts'

/** What the health engine has to know of a dependency. */
export interface MonitoredDependency {
  readonly name: string
  readonly critical: boolean
  readonly scope: 'remote' | 'local'
  /** Whether its failing fails liveness; only ever true of a local one. */
  readonly liveness: boolean
  readonly dependsOn: readonly string[]
  /** Whether it has a warm-up of its own; otherwise it only waits for what it depends on. */
  readonly warmsUp: boolean
  readonly options: ResolvedCheckOptions
  /** Bound to the dependency. Without one it passes as soon as it is warm. */
  readonly check?: ((context: CheckContext) => CheckResult | void | Promise<CheckResult | void>) | undefined
}
