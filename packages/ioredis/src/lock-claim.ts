import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { untilAborted } from '@tidegate/core'
import type { LockContext, LockLease } from '@tidegate/core'

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
}

/** One claim to a place, from when it is asked for until it is given back or lost. */
export class LockClaim implements LockLease {
  readonly #init: LockClaimInit
  readonly #about: Omit<LockQuestion, 'step'>
  readonly #lost = new AbortController()
  #renewal: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #ended: Promise<void> | undefined

  constructor(init: LockClaimInit) {
    const { prefix, holders, lease } = init
    this.#init = init
    this.#about = { prefix, claim: randomUUID(), holders, lease, patience: lease / 2 }
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Resolves when it holds a place. Rejects with the signal's reason, and has then left the queue. */
  async wait({ signal, logger }: LockContext): Promise<void> {
    const { name, lease } = this.#init
    let failed = false
    let queued = false
    try {
      for (;;) {
        const askedAt = performance.now()
        // Not by the signal: what was sent may give it a place, and must not be overtaken by what gives it back.
        const answer = await untilAborted(this.#tryAsk('ask', lease), signal)
        if (answer instanceof Error) {
          if (!failed)
            logger.warn({ lock: name, error: answer.message }, 'the lock cannot be asked for; trying until it can')
          failed = true
        } else if (!answer.held) {
          if (!queued) logger.info({ lock: name, before: answer.before }, 'waiting for the lock')
          failed = false
          queued = true
        } else if (performance.now() - askedAt < lease / RENEWALS_PER_LEASE) {
          return this.#hold(askedAt)
        } else {
          // The lease began when nobody knows; asked again, it begins anew.
          continue
        }
        await delay(this.#pause(), undefined, { signal })
      }
    } catch {
      await this.release()
      throw signal.reason
    }
  }

  release(): Promise<void> {
    return (this.#ended ??= this.#end())
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

  async #end(): Promise<void> {
    clearTimeout(this.#renewal)
    clearTimeout(this.#expiry)
    await this.#tryAsk('leave', Math.min(FAREWELL_MS, this.#init.lease))
    this.#init.connection.close()
  }

  #pause(): number {
    return Math.min(LONGEST_PAUSE_MS, this.#init.lease / PAUSES_PER_LEASE) * (0.5 + Math.random())
  }

  /** Never rejects. */
  async #tryAsk(step: LockQuestion['step'], limit: number): Promise<LockAnswer | Error> {
    const abort = new AbortController()
    const late = new Error(`Redis did not answer within ${Math.round(limit)} ms`)
    const timer = setTimeout(() => abort.abort(late), limit)
    try {
      return await this.#init.connection.ask((redis) => askLock(redis, { ...this.#about, step }), abort.signal)
    } catch (error) {
      return error === late ? late : new Error(whyNotRun(error, 'lock'))
    } finally {
      clearTimeout(timer)
    }
  }
}
