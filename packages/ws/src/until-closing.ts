import type { Lifecycle } from '@tidegate/core'

/**
 * Calls `end` when the last connection has gone. Until then a request on one that is still open may bring a client, also
 * when those there were have long left.
 */
export function untilClosing(lifecycle: Lifecycle, end: () => void): void {
  const unsubscribe = lifecycle.on('phase', ({ phase }) => {
    if (phase !== 'closing') return
    unsubscribe()
    end()
  })
}
