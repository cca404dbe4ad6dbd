import type { LifecycleEvents } from './events.ts'

/** Hands an event to its subscribers; what subscribers throw never reaches the caller. */
export type Emit = <Event extends keyof LifecycleEvents>(event: Event, value: LifecycleEvents[Event]) => void
