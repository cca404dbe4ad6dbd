import { failureMessage } from '../health/failure-message.ts'
import type { Logger } from '../logger.ts'
import type { Fleet, FleetMember, FleetMembership, FleetReport } from './fleet.ts'

/** Joins; a fleet that fails, in whichever method, has no vote, and is told of once. */
export function joinGuarded(fleet: Fleet, member: FleetMember): FleetMembership {
  const failed = complainOnce(member.logger)
  const without = (method: string, error: unknown): FleetReport => {
    failed(method, error)
    return { vote: false, reason: `the fleet failed in ${method}(): ${failureMessage(error)}` }
  }
  let membership: FleetMembership
  try {
    membership = fleet.join(member)
  } catch (error) {
    return notJoined(without('join', error))
  }
  /** An async function may stand where none is expected; what it rejects with is caught, too. */
  const tell = async (method: string, call: () => unknown): Promise<void> => {
    try {
      await call()
    } catch (error) {
      failed(method, error)
    }
  }
  return {
    failingElsewhere(dependency) {
      try {
        return membership.failingElsewhere(dependency)
      } catch (error) {
        failed('failingElsewhere', error)
        return undefined
      }
    },
    async tryEject(maxPercent) {
      try {
        return await membership.tryEject(maxPercent)
      } catch (error) {
        failed('tryEject', error)
        return 'no-vote'
      }
    },
    readmit: () => void tell('readmit', () => membership.readmit()),
    changed: () => void tell('changed', () => membership.changed()),
    report() {
      try {
        return membership.report()
      } catch (error) {
        return without('report', error)
      }
    },
    leave: (context) => tell('leave', () => membership.leave(context)),
  }
}

function complainOnce(logger: Logger): (method: string, error: unknown) => void {
  let complained = false
  return (method, error) => {
    if (!complained) {
      logger.error({ method, error: failureMessage(error) }, 'the fleet failed, and has no vote; told of only once')
    }
    complained = true
  }
}

function notJoined(report: FleetReport): FleetMembership {
  return {
    failingElsewhere: () => undefined,
    tryEject: async () => 'no-vote',
    readmit() {},
    changed() {},
    report: () => report,
    async leave() {},
  }
}
