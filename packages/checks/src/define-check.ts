import { defineDependency } from '@tidegate/core'
import type { Dependency } from '@tidegate/core'

import type { LocalCheckOptions } from './check-options.ts'

/** What a check is unless the user says otherwise, and what it does. */
export interface CheckPlan extends Pick<Dependency, 'check' | 'close'> {
  readonly name: string
  readonly critical: boolean
  readonly scope: 'local' | 'remote'
}

/** A check as a dependency. The options have been judged. */
export function defineCheck<Name extends string>(options: LocalCheckOptions<Name>, plan: CheckPlan): Dependency<Name> {
  const { name = plan.name, critical = plan.critical, liveness, dependsOn, limits, health } = options
  return defineDependency({
    ...plan,
    name: name as Name,
    critical,
    liveness,
    dependsOn,
    limits,
    health,
  })
}
