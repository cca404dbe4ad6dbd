import { LifecycleError } from '../errors.ts'
import type { ShutdownCall } from '../lifecycle/lifecycle.ts'
import { describeValue } from '../options/describe-value.ts'
import { parseDuration } from '../options/duration.ts'
import { isRecord } from '../options/section.ts'

const SECOND = 1_000

/** @throws {LifecycleError} `TIDEGATE_CONFIG` */
export function readShutdownCall(call: ShutdownCall): {
  readonly reason: string
  readonly lameDuck: number | undefined
} {
  if (!isRecord(call)) refuse(`takes { reason, lameDuck }, not ${describeValue(call)}`)
  const { reason = 'shutdown()', lameDuck, ...unknown } = call
  const [name] = Object.keys(unknown)
  if (name !== undefined) refuse(`has no option "${name}"; there are reason and lameDuck`)
  if (typeof reason !== 'string') refuse(`needs a text for its reason, not ${describeValue(reason)}`)
  if (lameDuck === undefined || lameDuck === false) return { reason, lameDuck: undefined }
  const ms = parseDuration(lameDuck)
  if (ms === undefined) refuse(`needs a duration such as '5s' for lameDuck, or false, not ${describeValue(lameDuck)}`)
  if (typeof lameDuck === 'number' && ms < SECOND) refuse(`was given a lameDuck of ${ms} ms; did you mean '${ms}s'?`)
  return { reason, lameDuck: ms }
}

function refuse(why: string): never {
  throw new LifecycleError('TIDEGATE_CONFIG', `shutdown() ${why}`)
}
