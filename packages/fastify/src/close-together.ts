import type { Lifecycle } from '@tidegate/core'
import type { FastifyInstance } from 'fastify'

const CALL = { reason: 'app.close()' }

/**
 * Lets `lifecycle.shutdown()` (or a signal) close the app after the drain, and `app.close()` shut the lifecycle down.
 * Whichever came first leads and waits for the other whole; the other waits only for the step it depends on.
 */
export function closeTogether(app: FastifyInstance, lifecycle: Lifecycle): void {
  let leader: 'app' | 'lifecycle' | undefined

  const drained = new Promise<void>((resolve) => {
    lifecycle.addHook('drained', async function closeFastify() {
      leader ??= 'lifecycle'
      resolve()
      await (leader === 'lifecycle' ? app.close() : unwound)
    })
  })

  // Hooks of `onClose` run last added first. One that is added when the app is ready runs ahead of Fastify's own, which
  // would answer 503 to every request from there on, and would give a `preClose` hook no more than `pluginTimeout`.
  app.addHook('onReady', async () => {
    app.addHook('onClose', async () => {
      leader ??= 'app'
      void lifecycle.shutdown(CALL)
      await drained
    })
  })

  // Added first, it runs when the hooks of all plugins registered later have let go of the dependencies.
  const unwound = new Promise<void>((resolve) => {
    app.addHook('onClose', async () => {
      leader ??= 'app'
      resolve()
      if (leader === 'app') await lifecycle.shutdown(CALL)
    })
  })
}
