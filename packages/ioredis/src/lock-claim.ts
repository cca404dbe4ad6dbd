import { setTimeout as delay } from 'node:timers/promises'

import { untilAborted } from '@tidegate/core'
import type { LockContext, LockLease, Logger } from '@tidegate/core'

import type { LockOutage } from './lock-outage.ts'
import { askLock } from './lock-script.ts'
import type { LockAnswer, LockQuestion } from './lock-script.ts'
import type { OwnConnection } from './own-connection.ts'
import { whyNotRun } from './server-reply.ts'

const RENEWALS_PER_LEASE = 4
/** A lease is given up when this part of it is left, by our clock since before the server was asked. */
const GIVEN_UP_EARLY = 0.1
/** How often whoever waits asks whether it is its turn, and what could not be asked is asked again. */
const LONGEST_PAUSE_MS = 500
const PAUSES_PER_LEASE = 20
/** The longest that leaving waits for Redis: the lease ends by itself. */
const FAREWELL_MS = 1_000

export interface LockClaimInit {
  /** Closed when the claim has ended. */
  readonly connection: OwnConnection
  readonly name: string
  /** What the keys begin with. */
  readonly prefix: string
  readonly holders: number
  /** In milliseconds. */
  readonly lease: number
  /** Of this claim, and of the ones that go on with its place in the queue. */
  readonly id: string
  readonly outage: LockOutage
  readonly whenUnavailable: 'pass' | 'wait'
}

/** One claim to a place, from when it is asked for until it is given back or lost, or its wait is given up. */
export class LockClaim implements LockLease {
  readonly #init: LockClaimInit
  readonly #about: Omit<LockQuestion, 'step'>
  readonly #lost = new AbortController()
  #renewal: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #ended: Promise<void> | undefined

  constructor(init: LockClaimInit) {
    const { prefix, holders, lease, id } = init
    this.#init = init
    this.#about = { prefix, claim: id, holders, lease, patience: lease / 2 }
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /**
   * Resolves when it holds a place, or nobody is bounded. Rejects with the signal's reason, and holds nothing then; in the
   * queue it is waited for once more for a lease.
   */
  async wait({ signal, logger, onWait }: LockContext): Promise<void> {
    const { name, lease, outage, whenUnavailable } = this.#init
    let failed = false
    let before: number | undefined
    try {
      for (;;) {
        const askedAt = performance.now()
        // Not by the signal: what was sent may give it a place, and must not be overtaken by what gives it back.
        const answer = await untilAborted(this.#tryAsk('ask', this.#patience()), signal)
        if (answer instanceof Error) {
          if (whenUnavailable === 'pass' && outage.isDeclared) return this.#pass(answer, logger)
          if (!failed && !outage.told)
            logger.warn({ lock: name, error: answer.message }, 'the lock cannot be asked for; trying until it can')
          onWait?.({ error: answer.message })
          failed = true
          before = undefined
        } else if (!answer.held) {
          if (before === undefined) logger.info({ lock: name, before: answer.before }, 'waiting for the lock')
          if (before !== answer.before) onWait?.({ before: answer.before })
          failed = false
          before = answer.before
        } else if (performance.now() - askedAt < lease / RENEWALS_PER_LEASE) {
          return this.#hold(askedAt)
        } else {
          // The lease began when nobody knows; asked again, it begins anew.
          continue
        }
        await delay(this.#pause(), undefined, { signal })
      }
    } catch {
      await (this.#ended ??= this.#end('park'))
      throw signal.reason
    }
  }

  release(): Promise<void> {
    return (this.#ended ??= this.#end('leave'))
  }

  #pass(why: Error, logger: Logger): void {
    const { name, lease, outage } = this.#init
    if (outage.told) return
    outage.told = true
    const since = `Redis has not answered it for ${lease} ms`
    logger.warn({ lock: name, error: why.message }, `the lock bounds nobody until Redis answers again: ${since}`)
  }

  /** How long Redis may take to give it a place: where it may pass, not much beyond the lease. */
  #patience(): number {
    const { lease, outage, whenUnavailable } = this.#init
    if (whenUnavailable === 'wait') return lease
    return Math.max(lease / RENEWALS_PER_LEASE, lease - outage.lasts)
  }

  #hold(since: number): void {
    const { lease } = this.#init
    clearTimeout(this.#expiry)
    const left = since + lease * (1 - GIVEN_UP_EARLY) - performance.now()
    this.#expiry = setTimeout(() => this.#lose('Redis did not answer in time'), left)
    this.#expiry.unref()
    this.#renewIn((lease / RENEWALS_PER_LEASE) * (0.9 + Math.random() * 0.1))
  }

  #renewIn(ms: number): void {
    this.#renewal = setTimeout(() => void this.#renew(), ms)
    this.#renewal.unref()
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now()
    const answer = await this.#tryAsk('renew', this.#init.lease / RENEWALS_PER_LEASE)
    if (this.#ended !== undefined) return
    if (answer instanceof Error) this.#renewIn(this.#pause())
    else if (answer.held) this.#hold(askedAt)
    else this.#lose('Redis no longer knows of it')
  }

  #lose(why: string): void {
    this.#lost.abort(new Error(`the lock "${this.#init.name}" was lost: ${why}`))
    void this.release()
  }

  async #end(how: 'leave' | 'park'): Promise<void> {
    clearTimeout(this.#renewal)
    clearTimeout(this.#expiry)
    await this.#tryAsk(how, Math.min(FAREWELL_MS, this.#init.lease))
    this.#init.connection.close()
  }

  #pause(): number {
    return Math.min(LONGEST_PAUSE_MS, this.#init.lease / PAUSES_PER_LEASE) * (0.5 + Math.random())
  }

  /** Never rejects. */
  async #tryAsk(step: LockQuestion['step'], limit: number): Promise<LockAnswer | Error> {
    const { connection, outage } = this.#init
    const askedAt = performance.now()
    const abort = new AbortController()
    const late = new Error(`Redis did not answer within ${Math.round(limit)} ms`)
    const timer = setTimeout(() => abort.abort(late), limit)
    try {
      const answer = await connection.ask((redis) => askLock(redis, { ...this.#about, step }), abort.signal)
      outage.answered()
      return answer
    } catch (error) {
      outage.failed(askedAt)
      return error === late ? late : new Error(whyNotRun(error, 'lock'))
    } finally {
      clearTimeout(timer)
    }
  }
}
