import type { EjectionVerdict, Fleet, FleetMember } from '@tidegate/core'

export interface FakeFleet extends Fleet {
  verdict: EjectionVerdict
  readonly asked: (number | undefined)[]
  readonly readmitted: number
  member: FleetMember | undefined
}

export function createFakeFleet(verdict: EjectionVerdict): FakeFleet {
  const fleet = {
    verdict,
    asked: [] as (number | undefined)[],
    readmitted: 0,
    member: undefined as FleetMember | undefined,
    join: (member: FleetMember) => {
      fleet.member = member
      return {
        failingElsewhere: () => undefined,
        async tryEject(maxPercent?: number) {
          fleet.asked.push(maxPercent)
          return fleet.verdict
        },
        readmit: () => {
          fleet.readmitted += 1
        },
        changed() {},
        report: () => ({ vote: true }),
        async leave() {},
      }
    },
  }
  return fleet
}
