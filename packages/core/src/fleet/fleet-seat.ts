import type { StageContext } from '../dependency.ts'
import type { Emitter } from '../lifecycle/emitter.ts'
import type { Phase } from '../lifecycle/phase.ts'
import type { Logger } from '../logger.ts'
import { DependencyTimes } from './dependency-times.ts'
import { FleetReadiness } from './fleet-readiness.ts'
import type {
  Ejection,
  EjectionRequest,
  FailingElsewhere,
  Fleet,
  FleetMembership,
  FleetReport,
  FleetView,
} from './fleet.ts'
import { joinGuarded } from './guard-membership.ts'

export interface FleetSeatInit {
  readonly fleet: Fleet
  readonly service: string
  readonly instance: string
  /** The critical dependencies that instances share and check. */
  readonly dependencies: readonly string[]
  /** Whether readiness follows what fails only here. */
  readonly followed: boolean
  readonly emitter: Emitter
  readonly logger: Logger
  phase(): Phase
}

interface Place {
  readonly onLost: EjectionRequest['onLost']
  granted: boolean
}

const NOT_JOINED: FleetReport = Object.freeze({ vote: false, reason: 'this instance has not joined the fleet' })

/** This instance's seat in its fleet: empty until the lifecycle starts, and after it has left. */
export class FleetSeat implements FleetView {
  /** Grows with every change, before its events are emitted. */
  version = 0
  readonly #init: FleetSeatInit
  readonly #times: DependencyTimes
  readonly #readiness: FleetReadiness | undefined
  /** Who in this process wants to be out, or asks for it. */
  readonly #places = new Set<Place>()
  #membership: FleetMembership | undefined
  #report = NOT_JOINED
  /** Whether there was a vote when it was last told of. */
  #announced: boolean | undefined
  #release: (() => void)[] = []

  constructor(init: FleetSeatInit) {
    const { dependencies, emitter, followed } = init
    this.#init = init
    this.#times = new DependencyTimes(dependencies)
    if (!followed) return
    this.#readiness = new FleetReadiness({
      fleet: this,
      times: this.#times,
      emit: emitter.emit,
      serving: () => this.#serving,
      onChange: () => this.version++,
    })
  }

  /** What fails here and not elsewhere, while this instance is out for it. */
  get onlyHere(): readonly string[] {
    return this.#readiness?.onlyHere ?? []
  }

  report(): FleetReport {
    return this.#report
  }

  join(): void {
    const { fleet, service, instance, emitter, logger } = this.#init
    this.#membership = joinGuarded(fleet, {
      service,
      instance,
      logger,
      serving: () => this.#serving,
      dependencies: () => this.#times.list(),
      onChange: () => this.#changed(),
      onLost: () => this.#lost(),
    })
    this.#report = this.#membership.report()
    this.version++
    this.#release = [
      emitter.on('check', (event) => {
        if (this.#times.checked(event)) this.#readiness?.judge()
      }),
      emitter.on('health', (event) => {
        if (this.#times.turned(event)) this.#tell()
      }),
      emitter.on('phase', () => this.#tell()),
    ]
  }

  async leave(context: StageContext): Promise<void> {
    const membership = this.#membership
    for (const release of this.#release.splice(0)) release()
    this.#membership = undefined
    this.#report = NOT_JOINED
    this.version++
    await membership?.leave(context)
  }

  failingElsewhere(dependency: string): FailingElsewhere | undefined {
    return this.#membership?.failingElsewhere(dependency)
  }

  async tryEject(request: EjectionRequest = {}): Promise<Ejection> {
    const membership = this.#membership
    if (membership === undefined || !this.#serving) return { granted: false, why: 'no-vote' }
    const place: Place = { onLost: request.onLost, granted: false }
    // It counts while it is asked for, so that nobody gives the place back meanwhile.
    this.#places.add(place)
    const verdict = await membership.tryEject(request.maxPercent)
    place.granted = verdict === 'granted' && this.#serving
    if (place.granted) return { granted: true, readmit: () => this.#giveBack(place) }
    this.#giveBack(place)
    return { granted: false, why: verdict === 'granted' ? 'no-vote' : verdict }
  }

  get #serving(): boolean {
    return this.#init.phase() === 'ready'
  }

  #giveBack(place: Place): void {
    if (this.#places.delete(place) && this.#places.size === 0) this.#membership?.readmit()
  }

  #lost(): void {
    // Who still asks will be answered with a place that is newer.
    const lost = [...this.#places].filter(({ granted }) => granted)
    for (const place of lost) this.#places.delete(place)
    for (const { onLost } of lost) onLost?.()
  }

  /** Something is new here. */
  #tell(): void {
    this.#readiness?.judge()
    this.#membership?.changed()
  }

  /** Something is new elsewhere. */
  #changed(): void {
    const report = this.#membership?.report() ?? NOT_JOINED
    if (!isSame(this.#report, report)) {
      this.#report = report
      this.version++
    }
    if (report.vote !== this.#announced) this.#announce(report)
    this.#readiness?.judge()
  }

  #announce({ vote, reason }: FleetReport): void {
    this.#announced = vote
    const { emit } = this.#init.emitter
    emit('fleet', { state: vote ? 'vote' : 'no-vote', ...(reason !== undefined && { reason }) })
  }
}

function isSame(one: FleetReport, other: FleetReport): boolean {
  return (
    one.vote === other.vote && one.reason === other.reason && one.instances === other.instances && one.out === other.out
  )
}
