import type { Lifecycle, LifecycleEvents } from '@tidegate/core'

import { within } from './within.ts'

/** The next event that matches, from the call on. */
export function nextEvent<Event extends keyof LifecycleEvents>(
  lifecycle: Lifecycle,
  event: Event,
  matches: (value: LifecycleEvents[Event]) => boolean,
  what: string,
): Promise<LifecycleEvents[Event]> {
  const coming = new Promise<LifecycleEvents[Event]>((resolve) => {
    const remove = lifecycle.on(event, (value) => {
      if (!matches(value)) return
      remove()
      resolve(value)
    })
  })
  const waiting = within(coming, () => what)
  // A test that has failed by then does not wait for it any more.
  waiting.catch(() => {})
  return waiting
}
