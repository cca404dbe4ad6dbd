import type { Logger } from './logger.ts'

/** Bounds how many instances do something at once. */
export interface Lock {
  /**
   * Resolves with what lets go of it again, once there is room. Rejects with the signal's reason when that aborts; then
   * nothing is held, though its place in the queue may be kept for the next call, see {@link Lock.leave}.
   *
   * @param name What is bounded, as `'catalog'`: each name has room of its own.
   */
  acquire(name: string, context: LockContext): Promise<LockLease>
  /** Gives up the places in the queue of a name that were kept when `acquire` was aborted: no other call follows. */
  leave?(name: string): Promise<void>
}

/** What {@link Lock.acquire} is given. */
export interface LockContext {
  /** Ends the wait. It says nothing of what is held already. */
  readonly signal: AbortSignal
  readonly logger: Logger
  /** To be called when there is no room, and each time that what is waited for has changed. */
  readonly onWait?: ((wait: LockWait) => void) | undefined
}

/** What {@link Lock.acquire} waits for. */
export interface LockWait {
  /** How many have their turn before. */
  readonly before?: number | undefined
  /** Why the lock cannot be asked for, when that is so. */
  readonly error?: string | undefined
}

/** What is held until it is released. */
export interface LockLease {
  /** Aborts when what is held was lost meanwhile: somebody else may hold it now. */
  readonly lost: AbortSignal
  /** Lets go of it. Never rejects because it was lost. */
  release(): Promise<void>
}
