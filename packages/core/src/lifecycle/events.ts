import type { CheckResult } from '../dependency.ts'
import type { HealthStatus } from '../health/health-report.ts'
import type { DrainRecord } from '../shutdown/drain-record.ts'
import type { Phase } from './phase.ts'

/** What a subscriber of each event is given. */
export interface LifecycleEvents {
  /** The process has moved on. */
  phase: { readonly phase: Phase; readonly previous: Phase; readonly reason?: string }
  /** What `/readyz` answers has changed; `reasons` is empty when it is ready. Comes after the event that tells why. */
  readiness: { readonly ready: boolean; readonly reasons: readonly string[] }
  /** A dependency's status has changed, after `rise` and `fall`. */
  health: {
    readonly dependency: string
    readonly status: HealthStatus
    readonly previous: HealthStatus
    readonly critical: boolean
    readonly message?: string
    readonly rootCause?: string
  }
  /** One run of a check has ended, or one more fail of a hung one was counted. */
  check: { readonly dependency: string; readonly result: CheckResult; readonly latencyMs: number }
  /** A dependency's warm-up has begun, come on, failed or finished. */
  warmup: {
    readonly dependency: string
    readonly state: 'started' | 'progress' | 'failed' | 'done'
    readonly attempt: number
    /** How far it has come, as `3/10 connections`, and the same in parts. */
    readonly progress?: string
    /** Whether it had been warm before, until it or something it depends on failed. */
    readonly again?: true
    readonly done?: number
    readonly total?: number
    readonly unit?: string
    /** Milliseconds left if it goes on as fast as until now; absent before there is a rate. */
    readonly remainingMs?: number
    /** Why the attempt failed, with credentials taken out. */
    readonly error?: string
  }
  /**
   * The fleet has a vote, or none any more; this instance is out because something fails here and not elsewhere, or back.
   */
  fleet: { readonly state: 'vote' | 'no-vote' | 'out' | 'back'; readonly reason?: string }
  /** The drain has reached its next step. */
  drain: {
    readonly step: 'lame-duck' | 'listener-closed' | 'linger-over' | 'deadline' | 'drained'
    /** Requests in flight, and connections open. */
    readonly requests: number
    readonly connections: number
    readonly reason?: string
  }
  /** Everything is closed. The last event there is. */
  stopped: DrainRecord
}
