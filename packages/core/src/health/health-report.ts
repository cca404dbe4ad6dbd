import type { FleetReport } from '../fleet/fleet.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { ProbersReport } from '../probes/probers/prober-log.ts'
import type { ProgressReport } from '../warm-up/progress.ts'

/** From best to worst. */
export type HealthStatus = 'pass' | 'warn' | 'fail'

/** What is known of one dependency. The report of a dependency without a check says whether it is warm. */
export interface DependencyReport {
  readonly status: HealthStatus
  readonly critical: boolean
  /** When `status` last changed, as ISO 8601. */
  readonly since: string
  /** When the last check ended, as ISO 8601; absent before the first. */
  readonly checkedAt?: string
  /** How long the last check took, in milliseconds. */
  readonly latencyMs?: number
  /** Why it is not passing, with credentials taken out. */
  readonly message?: string
  readonly data?: Readonly<Record<string, number | string | boolean>>
  /** What it needs itself, as its `dependsOn` says: the edges of the graph. */
  readonly dependsOn: readonly string[]
  /** The failing dependency deepest beneath this one, when this one fails and is not itself the cause. */
  readonly rootCause?: string
  /** The failing dependencies of which this one is the root cause; absent when there are none. */
  readonly affects?: readonly string[]
  /**
   * While it fails: the endpoints that answer 503 because of it or of what it `affects`, as `GET /recommend`, at most 100 of
   * each; absent when none is known. See `lifecycle.requires`.
   */
  readonly affectedEndpoints?: readonly string[]
  /** How many results in a row have said the same as the last. */
  readonly consecutive: number
  /** Until when it goes on failing although its check passes again, by `health.holdDown`, as ISO 8601; absent otherwise. */
  readonly heldUntil?: string
}

/** How far the warm-up of one dependency has come. */
export interface PendingWarmUp extends Partial<ProgressReport> {
  /** Which attempt it is in, or waits for the next after; 0 before the first. */
  readonly attempt: number
  /** Why the last attempt failed, with credentials taken out. */
  readonly error?: string
}

/** How far the warm-up has come. */
export interface WarmUpReport {
  readonly completed: boolean
  /** How many of how many dependencies are warm. */
  readonly warm: number
  readonly total: number
  /**
   * Milliseconds until it has completed, if everything goes on as fast as when it was last heard of: of the longest path,
   * and absent while nobody knows of one of those that it waits for.
   */
  readonly remainingMs?: number
  /** By dependency, for those that are not warm yet: what it last said of its progress, or why it failed. */
  readonly pending: Readonly<Record<string, PendingWarmUp>>
}

/** Everything the lifecycle knows of the service's health. The same object until something changes; frozen. */
export interface HealthReport<Name extends string = string> {
  /** The worst of the critical dependencies; a failing non-critical one counts as `warn`. */
  readonly status: HealthStatus
  readonly phase: Phase
  /** What `/readyz` answers. */
  readonly ready: boolean
  /** Why it is not ready, the first reason first: `not-started`, `warming`, `draining`, `held: …`, a dependency's name. */
  readonly reasons: readonly string[]
  readonly service: { readonly name?: string; readonly version?: string; readonly instance?: string }
  readonly warmUp: WarmUpReport
  /** What is known of the other instances, with a fleet. */
  readonly fleet?: FleetReport
  readonly dependencies: Readonly<Record<Name, DependencyReport>>
  /** Who probes: as it is when it is read, not when the rest was last changed. */
  readonly probers?: ProbersReport
}
