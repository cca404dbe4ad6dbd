import type { Emitter } from '../lifecycle/emitter.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedOptions } from '../options/resolved-options.ts'
import { FleetSeat } from './fleet-seat.ts'

export interface FleetSeatSurroundings {
  readonly options: ResolvedOptions
  readonly emitter: Emitter
  readonly logger: Logger
  phase(): Phase
}

/** A seat as the options want it; `undefined` for who has no fleet. */
export function createFleetSeat({ options, ...surroundings }: FleetSeatSurroundings): FleetSeat | undefined {
  const { fleet, service, probes, dependencies } = options
  if (fleet === undefined) return undefined
  const shared = dependencies.filter(({ critical, scope, check }) => critical && scope === 'remote' && check)
  return new FleetSeat({
    ...fleet,
    ...surroundings,
    instance: service.instance,
    dependencies: shared.map(({ name }) => name),
    followed: probes.readiness === 'fleet',
  })
}
