import type { HealthReport, HealthStatus } from '../../health/health-report.ts'
import type { ProbeKind } from '../probe-routes.ts'
import type { Prober } from '../probers/prober.ts'
import type { ProbeDetails } from './probe-details.ts'

/** What a format is given to show. */
export interface ProbeView {
  readonly kind: ProbeKind
  /** The one dependency that is asked for, if not the whole. There is one of that name: others are answered by core. */
  readonly dependency: string | undefined
  /** Of the probe, or of the dependency asked for; what `report.status` says of all dependencies may differ. */
  readonly verdict: HealthStatus
  /** The status code of the answer. */
  readonly status: number
  readonly details: ProbeDetails
  /** Dependencies that were left out of the verdict by `?exclude`. */
  readonly excluded: readonly string[]
  /**
   * As much as `details` allow: with `'summary'` without messages, data, timings, errors and the instance, with `'none'`
   * without dependencies, reasons and service.
   */
  readonly report: HealthReport
  readonly prober: Prober
}

export interface ProbeContent {
  readonly body: string
  /** Beside `content-type`, `content-length`, `cache-control`, `x-content-type-options` and `retry-after`, which are set. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * Makes the body, at once and for every request anew. `undefined` leaves the answer to JSON, and so does a throw, which is
 * logged once.
 */
export type RenderProbe = (view: ProbeView) => ProbeContent | undefined

export interface ProbeFormat {
  readonly mediaType: string
  readonly render: RenderProbe
}
