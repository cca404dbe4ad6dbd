import type { Lifecycle, LifecycleEvents } from '@tidegate/core'

import { AMPLE } from './limits.ts'

/** The next event that matches, from the call on. Rejects when none has come within {@link AMPLE}, or `limit`. */
export function nextEvent<Event extends keyof LifecycleEvents>(
  lifecycle: Lifecycle,
  event: Event,
  matches: (value: LifecycleEvents[Event]) => boolean = () => true,
  limit: number = AMPLE,
): Promise<LifecycleEvents[Event]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off()
      reject(new Error(`no '${event}' event matched within ${limit} ms; ${JSON.stringify(lifecycle.report())}`))
    }, limit)
    const off = lifecycle.on(event, (value) => {
      if (!matches(value)) return
      clearTimeout(timer)
      off()
      resolve(value)
    })
  })
}

/** The dependency's status changes to this one. */
export function nextStatus(
  lifecycle: Lifecycle,
  dependency: string,
  status: string,
): Promise<LifecycleEvents['health']> {
  return nextEvent(lifecycle, 'health', (event) => event.dependency === dependency && event.status === status)
}

/** A check of the dependency ends, or one more fail of a hung one is counted. */
export function nextCheck(
  lifecycle: Lifecycle,
  dependency: string,
  status?: string,
): Promise<LifecycleEvents['check']> {
  return nextEvent(
    lifecycle,
    'check',
    (event) => event.dependency === dependency && (status ?? event.result.status) === event.result.status,
  )
}
