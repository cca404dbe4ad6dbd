import type { LifecycleEvents } from '@tidegate/core'

/** Every step of the drain, in order, and what goes on once it is reached. */
export const DRAIN_STEPS: Readonly<Record<LifecycleEvents['drain']['step'], string>> = {
  'lame-duck': 'Balancers are being told; every request is still served.',
  'listener-closed': 'The port is closed; requests in flight finish.',
  'linger-over': 'Idle connections are closed; the last requests finish.',
  deadline: 'Time is up: what was left has been cut.',
  drained: 'The last request is over.',
}

export const DRAIN_TITLES: Readonly<Record<LifecycleEvents['drain']['step'], string>> = {
  'lame-duck': 'Lame duck',
  'listener-closed': 'Listener closed',
  'linger-over': 'Idle connections closed',
  deadline: 'Deadline',
  drained: 'Drained',
}
