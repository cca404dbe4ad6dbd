import { LifecycleError } from '../errors.ts'
import { nearestName } from '../options/nearest-name.ts'

/** The error for a name that no dependency has, with the one that was probably meant. */
export function unknownDependency(name: string, known: readonly string[]): LifecycleError {
  const nearest = nearestName(name, known)
  const advice =
    nearest === undefined
      ? known.length === 0
        ? 'there are none'
        : `there are ${known.join(', ')}`
      : `did you mean "${nearest}"?`
  return new LifecycleError('TIDEGATE_UNKNOWN_DEPENDENCY', `no dependency is named "${name}"; ${advice}`)
}
