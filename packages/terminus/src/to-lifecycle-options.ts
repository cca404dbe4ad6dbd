import type { LifecycleOptions, ShutdownOptions } from '@tidegate/core'

import { LONGEST_MS } from './settings.ts'
import type { Settings } from './settings.ts'

/** An event stream or a WebSocket has no end of its own: for ever is no time to wait for one. */
const LONGEST_LIVED_MS = 5_000

const LONGEST_LINGER_MS = 1_000

const NO_PATHS = { live: false, ready: false, startup: false, health: false } as const

/** The lifecycle that behaves as `@godaddy/terminus` does, but for what the user wants of it besides. */
export function toLifecycleOptions({ timeout, lifecycle = {} }: Settings): LifecycleOptions {
  const { probes, warmUp, shutdown, ...others } = lifecycle
  return {
    logger: false,
    ...others,
    probes: probes ?? { paths: NO_PATHS },
    warmUp: { whileWarming: 'serve', ...warmUp },
    shutdown: { ...toShutdownOptions(timeout, shutdown), signals: false, exit: false },
  }
}

function toShutdownOptions(timeout: number, given: ShutdownOptions = {}): ShutdownOptions {
  const limits = timeout === Infinity ? { longLived: LONGEST_LIVED_MS } : { requests: timeout, longLived: timeout }
  const linger = Math.min(LONGEST_LINGER_MS, Math.floor(timeout / 2))
  // Operations may have given it, which wins.
  const isLimited = given.gracePeriod !== undefined || Boolean(process.env['TIDEGATE_GRACE_PERIOD'])
  const unlimited = { gracePeriod: 2 * LONGEST_MS, close: LONGEST_MS, margin: 0 }
  return {
    lameDuck: false,
    linger: linger === 0 ? false : linger,
    ...(isLimited ? {} : unlimited),
    ...given,
    ...limits,
  }
}
