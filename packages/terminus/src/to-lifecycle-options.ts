import type { LifecycleOptions, ShutdownOptions } from '@tidegate/core'

import { forwardLog } from './forward-log.ts'
import { LONGEST_MS } from './settings.ts'
import type { Settings } from './settings.ts'

/** An event stream or a WebSocket has no end of its own: every exit would take the whole of `timeout`. */
const LONGEST_LIVED_MS = 5_000

const LONGEST_LINGER_MS = 1_000

const NO_PATHS = { live: false, ready: false, startup: false, health: false } as const

/** The lifecycle that behaves as `@godaddy/terminus` does, but for what the user wants of it besides. */
export function toLifecycleOptions(settings: Settings): LifecycleOptions {
  const { probes, warmUp, shutdown, logger, ...others } = settings.lifecycle ?? {}
  return {
    ...others,
    logger: logger ?? (settings.isHeard && forwardLog(settings)),
    probes: probes ?? { paths: NO_PATHS },
    warmUp: { whileWarming: 'serve', ...warmUp },
    shutdown: { ...toShutdownOptions(settings.timeout, shutdown), signals: false, exit: false },
  }
}

function toShutdownOptions(timeout: number, given: ShutdownOptions = {}): ShutdownOptions {
  const linger = Math.min(LONGEST_LINGER_MS, Math.floor(timeout / 2))
  // Operations may have given it, which wins.
  const isLimited = given.gracePeriod !== undefined || Boolean(process.env['TIDEGATE_GRACE_PERIOD'])
  return {
    lameDuck: false,
    linger: linger === 0 ? false : linger,
    ...(isLimited ? {} : { gracePeriod: 2 * LONGEST_MS, margin: 0 }),
    ...given,
    ...(timeout === Infinity ? {} : { requests: timeout }),
    longLived: Math.min(timeout, LONGEST_LIVED_MS),
  }
}
