import { createDeferred } from '../deferred.ts'
import type { WarmUpContext } from '../dependency.ts'
import type { Lock } from '../lock.ts'
import { settledWithin } from '../settled-within.ts'
import { untilAborted } from '../until-aborted.ts'
import { GRACE } from './grace.ts'
import { loadUnderLock } from './load-under-lock.ts'

export interface CacheLoaderInit<Value> {
  readonly name: string
  readonly lock: Lock | undefined
  load(context: WarmUpContext): Promise<Value>
}

interface Load {
  readonly controller: AbortController
  /** It holds nothing any more. */
  readonly ended: Promise<void>
}

/** Loads one at a time: a new load takes the place of the one in flight, which is aborted and waited for. */
export class CacheLoader<Value> {
  readonly #init: CacheLoaderInit<Value>
  #current: Load | undefined

  constructor(init: CacheLoaderInit<Value>) {
    this.#init = init
  }

  get isLoading(): boolean {
    return this.#current !== undefined
  }

  async load(context: WarmUpContext): Promise<Value> {
    const ended = createDeferred()
    const previous = this.#current
    const controller = new AbortController()
    const own: Load = { controller, ended: ended.promise }
    this.#current = own
    const abort = (): void => controller.abort(context.signal.reason)
    context.signal.addEventListener('abort', abort, { once: true })
    if (context.signal.aborted) abort()
    try {
      if (previous !== undefined) await end(previous, new Error('another load has taken its place'))
      controller.signal.throwIfAborted()
      return await this.#loadWith(context, controller)
    } finally {
      context.signal.removeEventListener('abort', abort)
      if (this.#current === own) this.#current = undefined
      ended.resolve()
    }
  }

  /** Aborts the load in flight, and waits until it holds nothing any more. */
  async stop(reason: Error): Promise<void> {
    if (this.#current !== undefined) await end(this.#current, reason)
  }

  #loadWith(context: WarmUpContext, controller: AbortController): Promise<Value> {
    const { name, lock } = this.#init
    const { signal } = controller
    if (lock === undefined) return this.#run(context, signal)
    return loadUnderLock({
      name,
      lock,
      context: { signal, logger: context.logger },
      onLost: (reason) => controller.abort(reason),
      load: () => this.#run(context, signal),
    })
  }

  async #run(context: WarmUpContext, signal: AbortSignal): Promise<Value> {
    signal.throwIfAborted()
    const loading = new Promise<Value>((resolve) => resolve(this.#init.load({ ...context, signal })))
    try {
      return await untilAborted(loading, signal)
    } catch (error) {
      if (signal.aborted && !(await settledWithin(loading, GRACE))) {
        context.logger.warn({}, 'the load goes on although its signal has aborted; let it stop what it does by then')
      }
      throw error
    }
  }
}

function end({ controller, ended }: Load, reason: Error): Promise<void> {
  controller.abort(reason)
  return ended
}
