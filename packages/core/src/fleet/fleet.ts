import type { StageContext } from '../dependency.ts'
import type { Logger } from '../logger.ts'

/**
 * The instances of a service, each knowing of the others; `redisFleet` of `@tidegate/ioredis` makes one. What it cannot
 * be sure of is no vote, and nobody leaves without one.
 */
export interface Fleet {
  /** Takes part from now on. Neither throws nor waits for anything. */
  join(member: FleetMember): FleetMembership
}

/** An instance, as it tells the others of itself. */
export interface FleetMember {
  readonly service: string
  readonly instance: string
  readonly logger: Logger
  /** Whether its phase lets it take requests; only those that do count. */
  serving(): boolean
  /** Its critical dependencies that instances share, as they are now. */
  dependencies(): readonly FleetDependency[]
  /** More is known of the others, or nothing any more. */
  onChange(): void
  /** The place among those that are out is gone: its lease is over, or another instance has it. */
  onLost(): void
}

/** How one dependency is here. Times are by `performance.now()`. */
export interface FleetDependency {
  readonly name: string
  /** When a check last passed; absent while it is failing. */
  readonly passedAt?: number | undefined
  /** Since when it is failing; absent while it is not. */
  readonly failingSince?: number | undefined
}

export interface FailingElsewhere {
  /** How many other instances serve. */
  readonly instances: number
  /** For how many of them it fails: none of their checks is known to have passed since it began to fail here. */
  readonly failing: number
}

/** What came of asking for a place among those that are out: no more may be out, or nobody can say how many are. */
export type EjectionVerdict = 'granted' | 'enough-are-out' | 'no-vote'

/** One instance's part in a fleet. */
export interface FleetMembership {
  /** `undefined` is no vote. */
  failingElsewhere(dependency: string): FailingElsewhere | undefined
  /** Takes a place among those that are out by their own verdict, atomically over the fleet. Never rejects. */
  tryEject(maxPercent?: number): Promise<EjectionVerdict>
  /** Gives the place back, if there is one. */
  readmit(): void
  /** What the member says of itself has changed: the others are to hear of it soon. */
  changed(): void
  report(): FleetReport
  /** Takes no part any more. Never rejects, and ends within the step's limit. */
  leave(context: StageContext): Promise<void>
}

/** What is known of the fleet. */
export interface FleetReport {
  readonly vote: boolean
  /** Why there is no vote. */
  readonly reason?: string
  /** How many instances serve, with this one; absent without a vote. */
  readonly instances?: number
  /** How many of them are out by their own verdict. */
  readonly out?: number
}

export interface EjectionRequest {
  /** Of those that serve, so many in a hundred may be out by their own verdict with this one. Default: the fleet's own number. */
  readonly maxPercent?: number | undefined
  /** The place is gone, because this instance could not be heard of for a lease: it must not be out any more. */
  readonly onLost?: (() => void) | undefined
}

export type Ejection =
  | {
      readonly granted: true
      /** Gives the place back. A second call does nothing. */
      readmit(): void
    }
  | { readonly granted: false; readonly why: Exclude<EjectionVerdict, 'granted'> }

/** What a lifecycle tells others of its fleet. */
export interface FleetView {
  /** How a critical dependency is for the other instances; `undefined` is no vote. */
  failingElsewhere(dependency: string): FailingElsewhere | undefined
  /**
   * Asks for leave to be out by one's own verdict; to be out is then the caller's work, by `hold`. Several in one process
   * share one place. Never rejects.
   */
  tryEject(request?: EjectionRequest): Promise<Ejection>
}
