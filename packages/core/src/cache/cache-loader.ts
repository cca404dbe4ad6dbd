import { createDeferred } from '../deferred.ts'
import type { Deferred } from '../deferred.ts'
import type { WarmUpContext } from '../dependency.ts'
import type { Lock } from '../lock.ts'
import { settledWithin } from '../settled-within.ts'
import { untilAborted } from '../until-aborted.ts'
import { GRACE } from './grace.ts'
import { loadUnderLock } from './load-under-lock.ts'
import { LoadWait } from './load-wait.ts'
import type { Loading } from './loading.ts'
import { untilStopped } from './until-stopped.ts'

export interface CacheLoaderInit<Value> {
  readonly name: string
  readonly lock: Lock | undefined
  load(context: WarmUpContext): Promise<Value>
}

interface Load {
  readonly controller: AbortController
  readonly wait: LoadWait
  /** It holds nothing any more, and neither does any before it. */
  readonly ended: Deferred
}

/**
 * Loads one at a time: a new load takes the place of the one in flight, which is aborted and waited for. Without a lock it is
 * waited for no longer than its grace.
 */
export class CacheLoader<Value> {
  readonly #init: CacheLoaderInit<Value>
  /** The one whose value is wanted. */
  #current: Load | undefined
  /** The newest that may still hold something. */
  #last: Load | undefined

  constructor(init: CacheLoaderInit<Value>) {
    this.#init = init
  }

  get isLoading(): boolean {
    return this.#current !== undefined
  }

  /** What the load that is wanted waits for before it begins. */
  get wait(): LoadWait | undefined {
    return this.#current?.wait
  }

  async load(context: WarmUpContext): Promise<Value> {
    const previous = this.#last
    const controller = new AbortController()
    const { signal } = controller
    const own: Load = { controller, wait: new LoadWait(context), ended: createDeferred() }
    this.#last = this.#current = own
    const abort = (): void => controller.abort(context.signal.reason)
    context.signal.addEventListener('abort', abort, { once: true })
    if (context.signal.aborted) abort()
    let ended: Promise<unknown> = Promise.resolve()
    try {
      if (previous !== undefined) await untilEnded(previous, own)
      signal.throwIfAborted()
      const loading = this.#begin(context, own)
      ended = loading.ended
      return await loading.value
    } finally {
      context.signal.removeEventListener('abort', abort)
      if (this.#current === own) this.#current = undefined
      void Promise.all([previous?.ended.promise, ended]).then(() => {
        if (this.#last === own) this.#last = undefined
        own.ended.resolve()
      })
    }
  }

  /** Aborts the load in flight, and waits until it holds nothing any more, a place in the queue of the lock included. */
  async stop(reason: Error): Promise<void> {
    if (this.#last !== undefined) {
      this.#last.controller.abort(reason)
      await this.#last.ended.promise
    }
    const { name, lock } = this.#init
    // It ends by itself, only later.
    if (lock?.leave !== undefined) await settledWithin(lock.leave(name), GRACE)
  }

  #begin(context: WarmUpContext, { controller, wait }: Load): Loading<Value> {
    const { name, lock } = this.#init
    const { signal } = controller
    const { logger } = context
    const load = async (): Promise<Value> => {
      signal.throwIfAborted()
      return this.#init.load({ ...context, signal })
    }
    if (lock !== undefined) {
      return loadUnderLock({ name, lock, signal, logger, wait, load, onLost: (reason) => controller.abort(reason) })
    }
    const value = untilStopped(load(), signal, logger)
    return { value, ended: value.catch(() => {}) }
  }
}

async function untilEnded(previous: Load, { controller, wait }: Load): Promise<void> {
  previous.controller.abort(new Error('another load has taken its place'))
  const late = setTimeout(() => wait.forLastLoad(), GRACE).unref()
  try {
    await untilAborted(previous.ended.promise, controller.signal)
    wait.over()
  } catch {
    // An attempt may take less than the grace.
    wait.forLastLoad()
    throw wait.failure(controller.signal)
  } finally {
    clearTimeout(late)
  }
}
