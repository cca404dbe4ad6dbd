import type { EjectionVerdict, FailingElsewhere, Fleet, FleetMember, FleetReport } from '../../src/index.ts'

/** A fleet that knows what the test tells it. */
export interface FakeFleet extends Fleet {
  readonly member: FleetMember
  /** What was done to it, in order. */
  readonly calls: readonly string[]
  /** By dependency; `undefined` is no vote. */
  elsewhere: Readonly<Record<string, FailingElsewhere>> | undefined
  verdict: EjectionVerdict | Promise<EjectionVerdict>
  /** The others have been asked anew. */
  heard(): void
}

export function createFakeFleet(): FakeFleet {
  let member: FleetMember | undefined
  const calls: string[] = []
  const fleet: FakeFleet = {
    get member() {
      if (member === undefined) throw new Error('nobody has joined')
      return member
    },
    calls,
    elsewhere: {},
    verdict: 'granted',
    heard: () => member?.onChange(),
    join(joined) {
      member = joined
      calls.push(`join ${joined.service}`)
      return {
        failingElsewhere: (dependency) => fleet.elsewhere?.[dependency],
        async tryEject(maxPercent) {
          calls.push(`try-eject ${maxPercent}`)
          return fleet.verdict
        },
        readmit: () => calls.push('readmit'),
        changed: () => calls.push('changed'),
        report: (): FleetReport =>
          fleet.elsewhere === undefined
            ? { vote: false, reason: 'nobody answers' }
            : { vote: true, instances: 6, out: 0 },
        async leave() {
          calls.push('leave')
        },
      }
    },
  }
  return fleet
}
