import type { HealthReport } from '../health/health-report.ts'
import { pendingState } from './pending-state.ts'

/** What the service still waits for to be ready, and how far each of it has come, in one line. */
export function describePending(report: HealthReport): string {
  const { warmUp, dependencies } = report
  const pending = Object.keys(warmUp.pending).map((name) => `${name} (${pendingState(name, report)})`)
  const failing = Object.entries(dependencies)
    .filter(([name, { critical, status }]) => critical && status === 'fail' && !Object.hasOwn(warmUp.pending, name))
    .map(([name, { message }]) => `${name} (its check fails${message === undefined ? '' : `: ${message}`})`)
  return [...pending, ...failing].join('; ')
}
