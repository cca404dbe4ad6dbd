import { randomUUID } from 'node:crypto'

import type {
  EjectionVerdict,
  FailingElsewhere,
  FleetDependency,
  FleetMember,
  FleetMembership,
  FleetReport,
  StageContext,
} from '@tidegate/core'

import { askFleet } from './fleet-script.ts'
import type { FleetAnswer, FleetQuestion } from './fleet-script.ts'
import { createOwnConnection } from './own-connection.ts'
import type { OwnConnection } from './own-connection.ts'
import type { RedisClient } from './redis-client.ts'
import { createServerClock } from './server-clock.ts'
import type { ServerClock } from './server-clock.ts'
import { whyNotRun } from './server-reply.ts'

const ROUNDS_PER_LEASE = 4
/** News are told after this, all that have come meanwhile at once. */
const SOON_MS = 50
/** The longest that leaving waits for Redis: the lease ends by itself. */
const FAREWELL_MS = 1_000

export interface RedisMembershipInit {
  readonly client: RedisClient
  readonly member: FleetMember
  readonly prefix: string
  /** In milliseconds. */
  readonly lease: number
  readonly maxPercent: number
}

interface View extends Pick<FleetAnswer, 'instances' | 'outs'> {
  /** By `performance.now()`. */
  readonly askedAt: number
  readonly others: number
  readonly well: ReadonlyMap<string, number>
}

/** One process's part in the fleet: a round tells of it, renews its leases and hears of the others. */
export class RedisMembership implements FleetMembership {
  readonly #init: RedisMembershipInit
  readonly #connection: OwnConnection
  readonly #about: Pick<FleetQuestion, 'prefix' | 'member' | 'lease'>
  readonly #roundLimit: number
  /** Rounds never overlap: what the second says is newer. */
  #lastRound: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  #expiry: NodeJS.Timeout | undefined
  #abort = new AbortController()
  #view: View | undefined
  #clock: ServerClock | undefined
  #reason = 'Redis has not been asked yet'
  #out = false
  #maxPercent: number
  #left = false

  constructor(init: RedisMembershipInit) {
    const { client, member, prefix, lease, maxPercent } = init
    this.#init = init
    this.#connection = createOwnConnection(client, 'tidegate-fleet')
    // A process that is started again, or another of the same name, is another member.
    const name = `${member.instance}/${randomUUID()}`
    this.#about = { prefix: `${prefix}:{${encodeURIComponent(member.service)}}:fleet`, member: name, lease }
    this.#roundLimit = lease / ROUNDS_PER_LEASE
    this.#maxPercent = maxPercent
    this.#schedule(0)
  }

  failingElsewhere(dependency: string): FailingElsewhere | undefined {
    const view = this.#believed()
    const well = view?.well.get(dependency)
    if (view === undefined || well === undefined) return undefined
    return { instances: view.others, failing: Math.max(0, view.others - well) }
  }

  async tryEject(maxPercent: number = this.#init.maxPercent): Promise<EjectionVerdict> {
    const answer = await this.#round('ask', maxPercent)
    if (answer === undefined || (!answer.out && answer.young)) return 'no-vote'
    return answer.out ? 'granted' : 'enough-are-out'
  }

  readmit(): void {
    this.#out = false
    this.changed()
  }

  changed(): void {
    if (!this.#left) this.#schedule(SOON_MS)
  }

  report(): FleetReport {
    const view = this.#believed()
    if (view === undefined) return { vote: false, reason: this.#reason }
    return { vote: true, instances: view.instances, out: view.outs }
  }

  async leave({ remaining }: StageContext): Promise<void> {
    this.#left = true
    clearTimeout(this.#timer)
    clearTimeout(this.#expiry)
    this.#abort.abort(new Error('the instance leaves the fleet'))
    await this.#lastRound
    // Without a connection there is no lease that could be given back in time.
    if (this.#believed() !== undefined) await this.#run('none', 0, Math.min(FAREWELL_MS, remaining() / 2))
    clearTimeout(this.#expiry)
    this.#connection.close()
  }

  /** A suspended process has heard nothing since. */
  #believed(): View | undefined {
    const view = this.#view
    return view !== undefined && performance.now() - view.askedAt < this.#init.lease ? view : undefined
  }

  /** Only ever sooner: news upon news must not put the round off. */
  #schedule(ms: number): void {
    const dueAt = performance.now() + ms
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return
    this.#dueAt = dueAt
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#tick(), ms)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    this.#timer = undefined
    await this.#round('renew', this.#maxPercent)
    const jitter = 0.9 + Math.random() * 0.2
    if (!this.#left) this.#schedule(this.#roundLimit * jitter)
  }

  #round(kind: 'ask' | 'renew', maxPercent: number): Promise<FleetAnswer | undefined> {
    const round = this.#lastRound.then(() => {
      if (this.#left) return undefined
      return this.#run(kind === 'ask' ? 'ask' : this.#out ? 'keep' : 'none', maxPercent, this.#roundLimit)
    })
    this.#lastRound = round
    return round
  }

  /** Never rejects. */
  async #run(wish: FleetQuestion['wish'], maxPercent: number, limit: number): Promise<FleetAnswer | undefined> {
    const { member } = this.#init
    const dependencies = member.dependencies()
    const abort = (this.#abort = new AbortController())
    const timer = setTimeout(() => abort.abort(new Error(`Redis did not answer within ${Math.round(limit)} ms`)), limit)
    const question: FleetQuestion = {
      ...this.#about,
      serving: !this.#left && member.serving(),
      wish,
      maxPercent,
      dependencies: dependencies.map((dependency) => this.#onServerTime(dependency)),
    }
    const askedAt = performance.now()
    try {
      const answer = await this.#connection.ask((redis) => askFleet(redis, question), abort.signal)
      this.#heard(answer, question, askedAt)
      if (answer.out && wish === 'ask') {
        this.#out = true
        this.#maxPercent = maxPercent
      }
      if (wish === 'keep' && question.serving && !answer.out) this.#lose()
      if (!this.#left) member.onChange()
      return answer
    } catch (error) {
      this.#reason = abort.signal.aborted ? String(abort.signal.reason.message) : whyNotRun(error, 'fleet')
      if (!this.#left) member.onChange()
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #heard({ now, instances, outs, well }: FleetAnswer, { serving, dependencies }: FleetQuestion, askedAt: number): void {
    this.#clock = createServerClock(now, askedAt, performance.now())
    this.#view = {
      askedAt,
      instances,
      outs,
      others: serving ? instances - 1 : instances,
      well: new Map(dependencies.map(({ name }, index) => [name, well[index] ?? 0])),
    }
    clearTimeout(this.#expiry)
    this.#expiry = setTimeout(() => this.#expire(), askedAt + this.#init.lease - performance.now() + 1)
    this.#expiry.unref()
  }

  /** Redis counts its lease from a little later, and has given the place to nobody else yet. */
  #expire(): void {
    this.#lose()
    this.#init.member.onChange()
  }

  #lose(): void {
    if (!this.#out) return
    this.#out = false
    this.#init.member.onLost()
  }

  /** In doubt a pass was earlier and a failing began later: then fewer others seem well. */
  #onServerTime({ name, passedAt, failingSince }: FleetDependency): FleetQuestion['dependencies'][number] {
    const clock = this.#clock
    return {
      name,
      passedAt: passedAt === undefined ? undefined : clock?.earliest(passedAt),
      failingSince: failingSince === undefined ? undefined : (clock?.latest(failingSince) ?? Number.MAX_SAFE_INTEGER),
    }
  }
}
