import type { Lifecycle, LifecycleEvents } from '@tidegate/core'

/** Resolves when the drain is at this step. */
export function reached(lifecycle: Lifecycle, step: LifecycleEvents['drain']['step']): Promise<void> {
  return new Promise((resolve) => {
    lifecycle.on('drain', (event) => {
      if (event.step === step) resolve()
    })
  })
}
