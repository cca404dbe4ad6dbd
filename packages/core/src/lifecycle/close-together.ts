import { createDeferred } from '../deferred.ts'
import type { Lifecycle } from './lifecycle.ts'

export interface FrameworkClose {
  /** What the framework is called, in the record of the shutdown: `'Fastify'`. */
  readonly name: string
  /** Closes the framework, and calls the hooks of its plugins and modules. */
  close(): Promise<unknown>
}

/** What a framework has to await when it is closed, by us or by somebody else. */
export interface CloseHooks {
  /** First of all, while it still serves: resolves when the drain is over. */
  closing(): Promise<void>
  /** Last of all, when everything that uses the dependencies has let go of them: resolves when these are closed. */
  closed(): Promise<void>
}

/**
 * For frameworks that have a `close` of their own: a signal or `lifecycle.shutdown()` closes the framework between the
 * drain and the dependencies, and the framework's `close` shuts the lifecycle down, without a lame duck and without an
 * exit. Whichever came first leads and waits for the other whole; the other waits only for the step it depends on, so
 * that they cannot wait for each other.
 */
export function closeTogether(lifecycle: Lifecycle, { name, close }: FrameworkClose): CloseHooks {
  const call = { reason: `${name} was closed` }
  let leader: 'framework' | 'lifecycle' | undefined
  const drained = createDeferred()
  const unwound = createDeferred()

  const closeFramework = async (): Promise<void> => {
    leader ??= 'lifecycle'
    drained.resolve()
    await (leader === 'lifecycle' ? close() : unwound.promise)
  }
  lifecycle.addHook('drained', Object.defineProperty(closeFramework, 'name', { value: `close ${name}` }))

  return {
    async closing() {
      leader ??= 'framework'
      if (leader === 'framework') void lifecycle.shutdown(call)
      await drained.promise
    },
    async closed() {
      leader ??= 'framework'
      unwound.resolve()
      if (leader === 'framework') await lifecycle.shutdown(call)
    },
  }
}
