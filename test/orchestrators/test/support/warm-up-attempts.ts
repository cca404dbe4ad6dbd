import { createLifecycle } from '@tidegate/core'
import { vi } from 'vitest'

/** How often a warm-up that hangs is tried within this time, with the defaults, as the shop has them. */
export async function warmUpAttempts(withinMs: number): Promise<number> {
  vi.useFakeTimers()
  let attempts = 0
  const warmUp = async (): Promise<never> => {
    attempts++
    return new Promise(() => {})
  }
  const lifecycle = createLifecycle({
    dependencies: [{ name: 'hung', warmUp }],
    logger: false,
    shutdown: { signals: false },
  })
  try {
    const started = lifecycle.start()
    await vi.advanceTimersByTimeAsync(withinMs)
    await Promise.all([started, lifecycle.shutdown(), vi.runAllTimersAsync()])
    return attempts
  } finally {
    vi.useRealTimers()
  }
}
