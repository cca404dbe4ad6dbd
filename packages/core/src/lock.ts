import type { Logger } from './logger.ts'

/** Bounds how many instances do something at once. */
export interface Lock {
  /**
   * Resolves with what lets go of it again, once there is room. Rejects with the signal's reason when that aborts; then
   * nothing is held.
   *
   * @param name What is bounded, as `'catalog'`: each name has room of its own.
   */
  acquire(name: string, context: LockContext): Promise<LockLease>
}

/** What {@link Lock.acquire} is given. */
export interface LockContext {
  /** Ends the wait. It says nothing of what is held already. */
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** What is held until it is released. */
export interface LockLease {
  /** Aborts when what is held was lost meanwhile: somebody else may hold it now. */
  readonly lost: AbortSignal
  /** Lets go of it. Never rejects because it was lost. */
  release(): Promise<void>
}
