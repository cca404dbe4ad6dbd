import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Lock, LockContext, LockLease } from '../lock.ts'
import { settledWithin } from '../settled-within.ts'
import { untilAborted } from '../until-aborted.ts'
import { GRACE } from './grace.ts'

export interface LockedLoad<Value> {
  readonly name: string
  readonly lock: Lock
  readonly context: LockContext
  /** Called when the lease was lost: what is loading then counts for nothing. */
  onLost(reason: LifecycleError): void
  load(): Promise<Value>
}

/** Loads while a lease of the lock is held, and lets go of it whatever happens. */
export async function loadUnderLock<Value>({ name, lock, context, onLost, load }: LockedLoad<Value>): Promise<Value> {
  const lease = await acquire(lock, name, context)
  const lost = (): void => {
    const advice = 'another instance may be loading now; give the lease of the lock more time if loading needs longer'
    onLost(new LifecycleError('TIDEGATE_WARM_UP', `the lock "${name}" was lost while it was loading: ${advice}`))
  }
  lease.lost.addEventListener('abort', lost, { once: true })
  try {
    if (lease.lost.aborted) lost()
    return await load()
  } finally {
    lease.lost.removeEventListener('abort', lost)
    await release(lease, name, context)
  }
}

async function acquire(lock: Lock, name: string, context: LockContext): Promise<LockLease> {
  const acquiring = lock.acquire(name, context)
  try {
    return await untilAborted(acquiring, context.signal)
  } catch (error) {
    // A lock that does not mind its signal may still give what nobody waits for.
    acquiring.then((lease) => release(lease, name, context)).catch(() => {})
    throw error
  }
}

async function release(lease: LockLease, name: string, { logger }: LockContext): Promise<void> {
  const releasing = Promise.resolve(lease.release()).catch((error: unknown) => {
    logger.warn({ error: failureMessage(error) }, `the lock "${name}" could not be released; it ends with its lease`)
  })
  await settledWithin(releasing, GRACE)
}
