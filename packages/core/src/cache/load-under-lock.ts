import { createDeferred } from '../deferred.ts'
import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { Lock, LockLease } from '../lock.ts'
import type { Logger } from '../logger.ts'
import { settledWithin } from '../settled-within.ts'
import { untilAborted } from '../until-aborted.ts'
import { GRACE } from './grace.ts'
import type { LoadWait } from './load-wait.ts'
import type { Loading } from './loading.ts'
import { untilStopped } from './until-stopped.ts'

export interface LockedLoad<Value> {
  readonly name: string
  readonly lock: Lock
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly wait: LoadWait
  /** Called when the lease was lost: what is loading then counts for nothing. */
  onLost(reason: LifecycleError): void
  load(): Promise<Value>
}

/**
 * Loads while a lease of the lock is held, and lets go of it when the load has settled: one that ignores its signal is still
 * at work, and another one beside it is what the lock is there to prevent.
 */
export function loadUnderLock<Value>(locked: LockedLoad<Value>): Loading<Value> {
  const ended = createDeferred()
  return { value: load(locked, ended.resolve), ended: ended.promise }
}

async function load<Value>(locked: LockedLoad<Value>, onEnded: () => void): Promise<Value> {
  const { name, signal, logger, wait, onLost } = locked
  const lease = await acquire(locked, onEnded)
  wait.over()
  const lost = (): void => {
    const advice = 'another instance may be loading now; give the lease of the lock more time if loading needs longer'
    onLost(new LifecycleError('TIDEGATE_WARM_UP', `the lock "${name}" was lost while it was loading: ${advice}`))
  }
  lease.lost.addEventListener('abort', lost, { once: true })
  if (lease.lost.aborted) lost()
  const loading = locked.load()
  const letGo = async (): Promise<void> => {
    lease.lost.removeEventListener('abort', lost)
    await release(lease, name, logger)
    onEnded()
  }
  loading.then(letGo, letGo)
  return untilStopped(loading, signal, logger)
}

async function acquire<Value>(
  { name, lock, signal, logger, wait }: LockedLoad<Value>,
  onGivenUp: () => void,
): Promise<LockLease> {
  const acquiring = lock.acquire(name, {
    signal,
    logger,
    onWait: (what) => {
      if (!signal.aborted) wait.forLock(name, what)
    },
  })
  try {
    return await untilAborted(acquiring, signal)
  } catch (error) {
    // A lock that does not mind its signal may still give what nobody waits for.
    const over = acquiring.then((lease) => release(lease, name, logger)).catch(() => {})
    void settledWithin(over, GRACE).then(onGivenUp)
    throw signal.aborted ? wait.failure(signal) : error
  }
}

async function release(lease: LockLease, name: string, logger: Logger): Promise<void> {
  const releasing = Promise.resolve(lease.release()).catch((error: unknown) => {
    logger.warn({ error: failureMessage(error) }, `the lock "${name}" could not be released; it ends with its lease`)
  })
  await settledWithin(releasing, GRACE)
}
