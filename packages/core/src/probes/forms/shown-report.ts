import type { DependencyReport, HealthReport, PendingWarmUp } from '../../health/health-report.ts'
import type { ProbeDetails } from './probe-details.ts'

/** Names and states; a list of what is shown, so that whatever comes to a report is withheld until it is named here. */
const SUMMARY: ReadonlySet<string> = new Set([
  'status',
  'critical',
  'since',
  'consecutive',
  'rootCause',
  'dependsOn',
  'affects',
])

/** As much of the report as the details allow, in the form of the whole. */
export function shownReport(report: HealthReport, details: ProbeDetails): HealthReport {
  if (details === 'full') return report
  const { status, phase, ready, warmUp } = report
  if (details === 'none') {
    return {
      status,
      phase,
      ready,
      reasons: [],
      service: {},
      warmUp: { completed: warmUp.completed, warm: 0, total: 0, pending: {} },
      dependencies: {},
    }
  }
  const { instance: _, ...service } = report.service
  return {
    status,
    phase,
    ready,
    reasons: report.reasons.map(withoutText),
    service,
    warmUp: { ...warmUp, pending: mapValues(warmUp.pending, withoutError) },
    dependencies: mapValues(report.dependencies, summary),
  }
}

/** `held: deploying 1.4.3` is told to whoever may read messages; to others only that it is held. */
export function withoutText(reason: string): string {
  return reason.replace(/:.*$/s, '')
}

export function withoutError({ error: _error, ...pending }: PendingWarmUp): PendingWarmUp {
  return pending
}

function summary(report: DependencyReport): DependencyReport {
  return Object.fromEntries(
    Object.entries(report).filter(([field]) => SUMMARY.has(field)),
  ) as unknown as DependencyReport
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
