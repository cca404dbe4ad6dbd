import { LifecycleError } from '../errors.ts'
import type { ShutdownCall } from '../lifecycle/lifecycle.ts'
import { parseDuration } from '../options/duration.ts'

/** @throws {LifecycleError} `TIDEGATE_CONFIG` */
export function readShutdownCall({ reason = 'shutdown()', lameDuck }: ShutdownCall): {
  readonly reason: string
  readonly lameDuck: number | undefined
} {
  if (lameDuck === undefined || lameDuck === false) return { reason, lameDuck: undefined }
  const ms = parseDuration(lameDuck)
  if (ms !== undefined) return { reason, lameDuck: ms }
  throw new LifecycleError(
    'TIDEGATE_CONFIG',
    `shutdown({ lameDuck }) must be a duration such as '5s', or false; got ${JSON.stringify(lameDuck)}`,
  )
}
