import { LifecycleError } from '@tidegate/core'

const LIMIT_MS = 10_000

/**
 * Waits for something that a test cannot go on without.
 *
 * @throws {LifecycleError} `TIDEGATE_TIMEOUT` after 10 s, naming `what`.
 */
export async function within<Value>(promise: Promise<Value>, what: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new LifecycleError('TIDEGATE_TIMEOUT', `waited ${LIMIT_MS} ms for ${what()}`))
    }, LIMIT_MS)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}
