import type { HealthReport, HealthStatus } from '../health/health-report.ts'
import type { ProbeKind } from './probe-routes.ts'

/** What a probe is told; `pass` and `warn` are 200, `fail` is 503. */
export function probeVerdict(kind: ProbeKind, report: HealthReport, alive: boolean): HealthStatus {
  switch (kind) {
    case 'live':
      return alive ? 'pass' : 'fail'
    case 'startup':
      return report.warmUp.completed ? 'pass' : 'fail'
    case 'ready':
      if (!report.ready) return 'fail'
      // Readiness does not follow critical remote dependencies once it was reached, but it need not hide them.
      return report.status === 'pass' ? 'pass' : 'warn'
    case 'health':
      return report.ready ? report.status : 'fail'
  }
}
