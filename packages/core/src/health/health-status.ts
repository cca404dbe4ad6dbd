import type { HealthStatus } from './health-report.ts'

/** From best to worst: the place in this list says how bad a status is. */
export const STATUS_ORDER: readonly HealthStatus[] = Object.freeze(['pass', 'warn', 'fail'])

/** The worst of them; `pass` when there are none. */
export function worst(...statuses: readonly HealthStatus[]): HealthStatus {
  const badness = Math.max(0, ...statuses.map((status) => STATUS_ORDER.indexOf(status)))
  return STATUS_ORDER[badness] ?? 'fail'
}

/** The status of the service: a critical `fail` fails it, any other `fail` or `warn` only degrades it. */
export function overallStatus(
  dependencies: Iterable<{ readonly status: HealthStatus; readonly critical: boolean }>,
): HealthStatus {
  return worst(...Array.from(dependencies, ({ status, critical }) => (critical ? status : atMostWarn(status))))
}

function atMostWarn(status: HealthStatus): HealthStatus {
  return status === 'fail' ? 'warn' : status
}
