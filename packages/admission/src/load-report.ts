import type { Load } from './load-meter.ts'

/** The fields of ORCA's load report that are sent. */
export interface LoadReport {
  readonly application_utilization: number
  readonly cpu_utilization: number
  readonly mem_utilization: number
  readonly rps_fractional: number
  readonly eps: number
  readonly named_metrics: Readonly<Record<string, number>>
}

/** Balancers take no utilization for no report. */
const LEAST_UTILIZATION = 0.0001
/** Not ready, its weight is 0, and infinity is no number for them. */
const LEAST_WEIGHT = 0.01

/**
 * Client-side weighted round robin sends by requests per second over utilization. So with the utilization divided by the
 * weight an instance of a third of the weight gets a third of what it would get, however busy it is.
 */
export function createLoadReport(load: Load, weight: number, named: Readonly<Record<string, number>>): LoadReport {
  const share = Math.max(weight, LEAST_WEIGHT)
  return {
    application_utilization: round(Math.max(load.loop, LEAST_UTILIZATION) / share),
    cpu_utilization: round(Math.max(load.cpu, LEAST_UTILIZATION) / share),
    mem_utilization: round(load.memory),
    rps_fractional: round(load.answersPerSecond),
    eps: round(load.errorsPerSecond),
    named_metrics: named,
  }
}

/** The values of the header `endpoint-load-metrics`. */
export function formatLoadReport(report: LoadReport): { readonly TEXT: string; readonly JSON: string } {
  const { named_metrics: named, ...fields } = report
  const pairs = [
    ...Object.entries(fields),
    ...Object.entries(named).map(([name, value]) => [`named_metrics.${name}`, value]),
  ]
  return { TEXT: `TEXT ${pairs.map((pair) => pair.join('=')).join(',')}`, JSON: `JSON ${JSON.stringify(report)}` }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
