import { LifecycleError } from '@tidegate/core'

import { PATIENCE_MS } from './limits.ts'

/**
 * Waits for something that a test cannot go on without.
 *
 * @throws {LifecycleError} `TIDEGATE_TIMEOUT` after 10 s, naming `what`.
 */
export async function within<Value>(promise: Promise<Value>, what: () => string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tookTooLong(what())), PATIENCE_MS)
  })
  try {
    return await Promise.race([promise, limit])
  } finally {
    clearTimeout(timer)
  }
}

export function tookTooLong(what: string): LifecycleError {
  return new LifecycleError('TIDEGATE_TIMEOUT', `waited ${PATIENCE_MS} ms for ${what}`)
}
