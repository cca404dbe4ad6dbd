import type { Fleet } from '../fleet/fleet.ts'
import type { LifecycleOptions } from '../lifecycle/lifecycle-options.ts'
import { describeValue } from './describe-value.ts'
import type { ResolvedFleet, ResolvedProbes, ResolvedService } from './resolved-options.ts'
import { isRecord } from './section.ts'
import type { Section } from './section.ts'

export function resolveFleet(
  root: Section<keyof LifecycleOptions>,
  { name }: ResolvedService,
  { readiness }: ResolvedProbes,
): ResolvedFleet | undefined {
  const fleet = root.get('fleet')
  if (fleet === undefined) {
    if (readiness === 'fleet') {
      root.faults.add('probes.readiness', "'fleet' needs to know the others: give a fleet, as redisFleet(client)")
    }
    return undefined
  }
  if (!isFleet(fleet)) {
    root.fault('fleet', `must be a fleet, as redisFleet(client) makes one, not ${describeValue(fleet)}`)
    return undefined
  }
  if (name === undefined || name === '') {
    root.faults.add(
      'service.name',
      'is needed with a fleet: it tells the instances of one service from those of another',
    )
    return undefined
  }
  return Object.freeze({ fleet, service: name })
}

function isFleet(value: unknown): value is Fleet {
  return isRecord(value) && typeof value['join'] === 'function'
}
