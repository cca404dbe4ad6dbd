import type { CutRecord } from '../drain/describe-cut.ts'
import type { OpenConnections } from '../drain/drain-count.ts'
import type { ProberRecord } from '../probes/probers/told-probers.ts'
import type { HookStep } from './hooks.ts'

/** What happened between the call to leave and the end: logged as one line, emitted as `stopped`, and returned. */
export interface DrainRecord {
  /** The signal's name, or the `reason` given to `shutdown`. */
  readonly reason: string
  /** Milliseconds from the call to the end. */
  readonly durationMs: number
  /** Planned and used, in milliseconds. */
  readonly lameDuck: { readonly plannedMs: number; readonly usedMs: number; readonly why: string }
  readonly drain: { readonly plannedMs: number; readonly usedMs: number }
  readonly close: { readonly plannedMs: number; readonly usedMs: number }
  /** Ordinary requests; probes are not among them. */
  readonly requests: {
    /** In flight when the call came. */
    readonly inFlight: number
    /** Answered since. */
    readonly finished: number
    /** Parsed on a connection already told to end, and never handed to the application. */
    readonly refused: number
    /** Answered at the gate: not ready yet, late with `shutdown.late: 'reject'`, or refused by what `addGate` has added. */
    readonly rejected: number
    /** Destroyed at the deadline. */
    readonly cut: number
    /** Whose connection was destroyed before that by something else in the process, such as `closeAllConnections()`. */
    readonly lost: number
  }
  /** Event streams, what `longLived()` has marked, and connections that speak another protocol than HTTP. */
  readonly longLived: {
    readonly open: number
    /** Ended by us, in a way that their clients can tell from a broken connection. */
    readonly ended: number
    /** Destroyed at the deadline. */
    readonly cut: number
  }
  readonly connections: OpenConnections & {
    /** All of them, when the call came. */
    readonly open: number
    /** Destroyed at the deadline; an HTTP/2 session of which only some streams were goes on. */
    readonly cut: number
  }
  /** The first 32 of what was destroyed. */
  readonly cut: readonly CutRecord[]
  /** Who has asked for readiness or health and was told no, and so knows that this instance is leaving; at most 32. */
  readonly probers: readonly ProberRecord[]
  /** Every hook, every dependency's drain and close, and `waitUntil`, in the order they ended. */
  readonly steps: readonly StepRecord[]
  /** Signals that came when the shutdown was under way. */
  readonly repeatedSignals: readonly string[]
  /** What the process exits with, when it is the lifecycle that ends it. */
  readonly exitCode: number
}

export interface StepRecord {
  readonly step: HookStep
  /** The dependency's or the hook's name, or `waitUntil` for the work that was given to it. */
  readonly name: string
  /** How long it was given; `Infinity` for a hook without a limit. */
  readonly plannedMs: number
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'overran'
  readonly error?: string
}
