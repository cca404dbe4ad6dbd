import { defineDependency } from '@tidegate/core'
import { WaitingError, Worker } from 'bullmq'

export const QUEUE = 'orders'
const AT_ONCE = 2

/**
 * Takes orders from the queue from warm on, and none from SIGTERM on.
 *
 * @param {import('ioredis').Redis} client
 * @param {(order: string, signal: AbortSignal) => Promise<void>} fulfil
 */
export function ordersQueue(client, fulfil) {
  /** @type {Worker | undefined} */
  let worker
  /** @type {Error | undefined} */
  let failure

  // All three parameters have to be there: BullMQ gives a signal only to functions that take one.
  /** @type {import('bullmq').Processor} */
  async function process(job, token, signal) {
    try {
      await fulfil(job.data.order, /** @type {AbortSignal} */ (signal))
    } catch (error) {
      if (!signal?.aborted) throw error
      // Back to the queue now, and not when another worker finds that nobody holds its lock any more.
      await job.moveToWait(token)
      throw new WaitingError()
    }
  }

  return defineDependency({
    name: 'orders-queue',
    dependsOn: ['redis'],

    async warmUp({ logger }) {
      // One that cannot connect at first never will: each attempt takes a new one.
      worker?.close(true).catch(() => {})
      worker = new Worker(QUEUE, process, { connection: client, concurrency: AT_ONCE, autorun: false })
      worker.on('error', ({ message }) => logger.warn({ error: message }, 'BullMQ reports an error'))
      await worker.waitUntilReady()
      worker.run().catch((error) => {
        failure = error
      })
    },

    check() {
      if (failure) throw failure
    },

    // Takes no more jobs, and resolves when those begun have finished.
    async drain({ signal }) {
      signal.addEventListener('abort', () => worker?.cancelAllJobs())
      await worker?.close()
    },

    // The same promise again: when the drain was too short, orders that were cancelled are still going back.
    async close() {
      await worker?.close()
    },
  })
}
