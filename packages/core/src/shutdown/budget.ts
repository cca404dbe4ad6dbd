import { DEFAULTS } from '../options/defaults.ts'
import type { ScaledDefault } from '../options/defaults.ts'
import { formatDuration } from '../options/duration.ts'
import type { Fault } from '../options/faults.ts'

/** The durations of `ShutdownOptions` in milliseconds; what was not given is `undefined`. */
export interface ShutdownDurations {
  readonly gracePeriod?: number | undefined
  readonly preStop?: number | false | undefined
  readonly margin?: number | undefined
  readonly lameDuck?: number | false | undefined
  readonly linger?: number | false | undefined
  readonly requests?: number | undefined
  readonly longLived?: number | undefined
  readonly close?: number | undefined
}

/** By which variable of the environment a duration was given, if not by the program. */
export type DurationVariables = ReadonlyMap<string, string>

/** How the time between the signal and the kill is shared out. Milliseconds, measured from the signal unless said. */
export interface Budget {
  readonly gracePeriod: number
  /** Spent before the signal came; 0 when there is no preStop hook. */
  readonly preStop: number
  /** Kept free before the kill. */
  readonly margin: number
  /** How much of the margin may go into writing out the last lines of the log. */
  readonly flush: number
  /** What is left to share out: `gracePeriod` − `preStop` − `margin`. */
  readonly available: number
  /**
   * How long to serve on after the signal; `false` when it is off. An explicit one is always kept, the automatic one
   * only where somebody can hear it.
   */
  readonly lameDuck: { readonly ms: number; readonly explicit: boolean } | false
  /** How long idle connections are left open, measured from the end of the lame duck; 0 when off. */
  readonly linger: number
  /** How long requests may take, measured from the end of the lame duck; `undefined` leaves them all until `deadline`. */
  readonly requests: number | undefined
  /** The same for event streams, WebSockets and whatever else lasts as long as its client likes. */
  readonly longLived: number | undefined
  /** When what is left of the drain is cut: `available` − `close`. */
  readonly deadline: number
  /** How long hooks and dependencies may take to close, measured from the end of the drain. */
  readonly close: number
}

export interface BudgetPlan {
  readonly budget: Budget
  /** Why the numbers do not fit. The budget is of no use when there are any. */
  readonly faults: readonly Fault[]
}

/** Writing out a log to a slow pipe must not eat the whole margin, which is there for what nobody foresaw. */
const LONGEST_FLUSH = 250

/**
 * Shares out the grace period. What is given is taken as it is; what is not scales, so that a short grace period still
 * has some of everything and a long one gives the rest to requests.
 */
export function planBudget(given: ShutdownDurations, variables: DurationVariables = new Map()): BudgetPlan {
  const defaults = DEFAULTS.shutdown
  const gracePeriod = given.gracePeriod ?? defaults.gracePeriod
  const preStop = given.preStop || 0
  const margin = given.margin ?? scale(defaults.margin, gracePeriod)
  const available = gracePeriod - preStop - margin
  const close = given.close ?? scale(defaults.close, available)

  const budget: Budget = Object.freeze({
    gracePeriod,
    preStop,
    margin,
    flush: Math.min(LONGEST_FLUSH, margin),
    available,
    lameDuck: planLameDuck(given.lameDuck, available),
    linger: given.linger === false ? 0 : (given.linger ?? scale(defaults.linger, available)),
    requests: given.requests,
    longLived: given.longLived,
    deadline: available - close,
    close,
  })
  return { budget, faults: findFaults(budget, given, variables) }
}

/** When what is left of the drain is cut, in milliseconds from the signal. */
export interface DrainDeadlines {
  readonly requests: number
  readonly longLived: number
  /** The later of the two: the drain is over by then. */
  readonly last: number
}

/** The limits count from the end of the lame duck, so that one that is skipped brings them forward. */
export function drainDeadlines(budget: Budget, lameDuckMs: number): DrainDeadlines {
  const { deadline } = budget
  const after = (limit: number | undefined): number => Math.min(deadline, lameDuckMs + (limit ?? deadline))
  const requests = after(budget.requests)
  const longLived = after(budget.longLived)
  return { requests, longLived, last: Math.max(requests, longLived) }
}

/**
 * How long one step of closing may take, in milliseconds: the time left is shared evenly by the levels still to close,
 * so that a step that hangs leaves what it depends on its share. Time a level did not use goes to those after it.
 */
export function closeLimit(remainingMs: number, levelsLeft: number): number {
  return Math.max(0, remainingMs) / Math.max(1, levelsLeft)
}

/** Rounded down: all the parts together must never come to more than the whole. */
function scale({ share, atMost }: ScaledDefault, whole: number): number {
  return Math.min(atMost, Math.floor(share * whole))
}

function planLameDuck(given: number | false | undefined, available: number): Budget['lameDuck'] {
  if (given === false) return false
  if (given !== undefined) return Object.freeze({ ms: given, explicit: true })
  return Object.freeze({ ms: scale(DEFAULTS.shutdown.lameDuck, available), explicit: false })
}

function findFaults(budget: Budget, given: ShutdownDurations, variables: DurationVariables): Fault[] {
  const { gracePeriod, preStop, margin, available, linger, requests, longLived, close } = budget
  const shown = (name: keyof ShutdownDurations, ms: number) => {
    const source = given[name] === undefined ? 'default' : variables.get(name)
    return `${name} ${formatDuration(ms)}${source === undefined ? '' : ` (${source})`}`
  }
  const whole = shown('gracePeriod', gracePeriod)
  const taken = [...(preStop > 0 ? [shown('preStop', preStop)] : []), shown('margin', margin)]

  if (preStop + margin >= gracePeriod) {
    const message = `nothing is left of ${whole} after ${taken.join(' + ')}; raise gracePeriod, or shorten what it pays for`
    return [{ field: 'shutdown', message }]
  }

  const faults: Fault[] = []
  const lameDuck = budget.lameDuck === false ? 0 : budget.lameDuck.ms
  const mustFit = (middleName: 'linger' | 'requests' | 'longLived', middle: number) => {
    const sum = lameDuck + middle + close
    if (sum <= available) return
    const parts = [shown('lameDuck', lameDuck), shown(middleName, middle), shown('close', close)].join(' + ')
    const left = `${formatDuration(available)}, which is ${[whole, ...taken].join(' − ')}`
    const advice = `shorten them by ${formatDuration(sum - available)}, or raise gracePeriod`
    faults.push({ field: 'shutdown', message: `${parts} = ${formatDuration(sum)} do not fit into ${left}; ${advice}` })
  }
  mustFit('linger', linger)
  if (requests !== undefined) mustFit('requests', requests)
  if (longLived !== undefined) mustFit('longLived', longLived)
  return faults
}
