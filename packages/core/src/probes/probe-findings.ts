import type { HealthReport, HealthStatus } from '../health/health-report.ts'
import { overallStatus } from '../health/health-status.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { ProbeQuery } from './probe-query.ts'
import type { ProbeKind, ProbeTarget } from './probe-routes.ts'
import { probeVerdict } from './probe-verdict.ts'

/** Where the answers come from. */
export interface ProbeSource {
  /** Changes whenever `report()` or `alive` may have changed. */
  readonly version: number
  readonly phase: Phase
  report(): HealthReport
  /** Whether no local check that liveness hangs on fails. */
  readonly alive: boolean
  /** The names of those checks. */
  readonly livenessChecks: readonly string[]
}

/** What there is to tell, before it is known in which form and how much of it. */
export interface ProbeFindings {
  readonly kind: ProbeKind
  readonly dependency: string | undefined
  readonly verdict: HealthStatus
  /** Without what was excluded in its `status`, `ready`, `reasons` and `warmUp.completed`. */
  readonly report: HealthReport
  readonly livenessChecks: readonly string[]
  readonly verbose: boolean
  /** Names that were excluded, and those that could not be, as there is no such dependency. */
  readonly excluded: readonly string[]
  readonly unmatched: readonly string[]
}

/** `undefined` for a dependency that there is not. */
export function findOut(source: ProbeSource, target: ProbeTarget, query: ProbeQuery): ProbeFindings | undefined {
  const whole = source.report()
  const { livenessChecks } = source
  const { kind, dependency } = target
  const { verbose } = query
  const has = (name: string): boolean => Object.hasOwn(whole.dependencies, name)
  if (dependency !== undefined) {
    const found = has(dependency) ? whole.dependencies[dependency] : undefined
    if (found === undefined) return undefined
    const verdict = found.status
    return { kind, dependency, verdict, report: whole, livenessChecks, verbose, excluded: [], unmatched: [] }
  }
  const excluded = query.exclude.filter(has)
  const unmatched = query.exclude.filter((name) => !has(name))
  const report = excluded.length === 0 ? whole : leaveOut(excluded, whole)
  const isExcused = (name: string): boolean => excluded.includes(name) || whole.dependencies[name]?.status !== 'fail'
  const alive = source.alive || (excluded.length > 0 && livenessChecks.every(isExcused))
  const verdict = probeVerdict(kind, report, alive)
  return { kind, dependency, verdict, report, livenessChecks, verbose, excluded, unmatched }
}

/** The dependencies themselves stay in the report. */
function leaveOut(excluded: readonly string[], report: HealthReport): HealthReport {
  const { phase, warmUp, dependencies } = report
  const isCounted = (name: string): boolean => !excluded.includes(name)
  const counted = Object.entries(dependencies).filter(([name]) => isCounted(name))
  // Only then reasons are names; `?exclude=draining` must not hide a drain.
  const reasons = phase === 'ready' ? report.reasons.filter(isCounted) : report.reasons
  const completed = warmUp.completed || (phase === 'warming' && !Object.keys(warmUp.pending).some(isCounted))
  return {
    ...report,
    status: overallStatus(counted.map(([, one]) => one)),
    ready: reasons.length === 0,
    reasons,
    warmUp: { ...warmUp, completed },
  }
}
