import { LifecycleError } from '../errors.ts'
import { unknownDependency } from '../graph/unknown-dependency.ts'
import type { HealthMonitor } from '../health/health-monitor.ts'
import type { HttpAnswer } from '../http-answer.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { statusAnswer } from '../probes/answers/probe-answer.ts'
import type { Requirement } from './lifecycle.ts'
import type { State } from './state.ts'

export interface RequirementSurroundings {
  readonly options: ResolvedOptions
  readonly state: State
  readonly monitor: HealthMonitor
}

/** What some routes need, judged anew only when the report has changed. */
export function createRequirement(
  names: readonly string[],
  { options, state, monitor }: RequirementSurroundings,
): Requirement {
  const known = options.dependencies.map(({ name }) => name)
  if (names.length === 0) {
    const message = 'requires() names no dependency; name those that the route cannot do without'
    throw new LifecycleError('TIDEGATE_UNKNOWN_DEPENDENCY', message)
  }
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownDependency(unknown, known)
  let version = -1
  let answer: HttpAnswer | undefined
  const requirement = (): HttpAnswer | undefined => {
    if (version !== state.version) {
      version = state.version
      answer = judge(names, options, state)
    }
    return answer
  }
  return Object.assign(requirement, {
    guards: (method: string, path: string) => monitor.guards(names, method, path),
  })
}

function judge(names: readonly string[], options: ResolvedOptions, state: State): HttpAnswer | undefined {
  if (state.phase === 'idle') return undefined
  const { dependencies } = state.report()
  const failing = names.filter((name) => dependencies[name]?.status === 'fail')
  if (failing.length === 0) return undefined
  const { details } = options.probes
  // A function judges probers, and this goes to everybody.
  const named = details === 'summary' || details === 'full'
  const body = { status: 'fail', reason: 'a dependency of this route is failing' }
  return statusAnswer('fail', named ? { ...body, dependencies: failing } : body)
}
