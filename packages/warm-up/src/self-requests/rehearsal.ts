import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

import { untilAborted } from '@tidegate/core'

import { Convergence } from './convergence.ts'
import { RehearsedRequest } from './rehearsed-request.ts'
import type { SelfAnswer, SelfClient } from './self-client.ts'
import type { ResolvedSelfRequests } from './self-requests-options.ts'

/** How often each request is sent in a window at least, and how many all of them are together. */
const LEAST_ROUNDS = 3
const LEAST_IN_WINDOW = 10

/** Windows that come after it, as far as anybody knows: two more that are steady, and the one that compares. */
const WINDOWS_LEFT = 3

/** Until then what is not available yet is waited for, in milliseconds from the beginning. */
const AVAILABLE_WITHIN_MS = 5_000

/** Between two windows when only waiting helps, in milliseconds; it doubles. */
const PAUSE_MS = { initial: 10, max: 250 }

export interface RehearsalInit {
  readonly options: ResolvedSelfRequests
  readonly client: SelfClient
  readonly signal: AbortSignal
  /** No request is begun after it, by `performance.now()`. */
  readonly end: number
  /** Nor is any waited for after it. */
  readonly deadline: number
  /** Told after every window that another one follows: how many requests were sent by now, and how many there may be. */
  onProgress(sent: number, total: number): void
  /** Told once of each route that was not answered well. */
  onTrouble(route: string, why: string): void
}

/** Sends the requests again and again, more and more at once, until their latency has converged. */
export class Rehearsal {
  readonly requests: readonly RehearsedRequest[]
  sent = 0
  failed = 0
  /** What was answered 4xx, with its status. */
  readonly rejected: Map<string, number> = new Map()
  /** How many were under way at once, when they were most. */
  concurrency = 0
  converged = false
  /** Steady, but as slow as at first: these routes. */
  slow: readonly string[] = []
  readonly #init: RehearsalInit
  readonly #begun = performance.now()
  readonly #troubled = new Set<string>()
  #convergence: Convergence
  /** `minimum` counts from here: the last of the requests was answered for the first time. */
  #countsFrom = 0
  /** The latency at which {@link slow} was found. */
  #plateauMs: number | undefined
  #pauseMs = PAUSE_MS.initial

  constructor(init: RehearsalInit) {
    this.#init = init
    this.requests = init.options.requests.map((request) => new RehearsedRequest(request))
    this.#convergence = new Convergence(init.options.tolerance)
  }

  /** Rejects with the signal's reason alone, and never before everything that is under way has ended. */
  async run(): Promise<void> {
    const { options, signal } = this.#init
    const { from, to } = options
    for (let level = from; level < to && !this.#isOver; level *= 2) await this.#window(level)
    while (!this.#isOver && !this.converged) await this.#next()
    signal.throwIfAborted()
  }

  get #isOver(): boolean {
    const { options, signal, end } = this.#init
    if (signal.aborted || performance.now() >= end || this.sent >= options.maximum) return true
    return !this.requests.some((one) => one.wasAnswered || this.#mayYetAnswer(one))
  }

  #mayYetAnswer(one: RehearsedRequest): boolean {
    if (one.wasAnswered || one.isGivenUp) return false
    return !one.isUnavailable || performance.now() < this.#begun + AVAILABLE_WITHIN_MS
  }

  async #next(): Promise<void> {
    const { from, to, minimum, takesPlateau, tolerance } = this.#init.options
    const answered = await this.#window(to)
    if (this.#isOver) return
    if (answered === 0) return this.#pause()
    const latency = this.requests.reduce((sum, { medianMs }) => sum + medianMs, 0)
    // At `minimum` it has to be converged still, not to have been so once.
    const hasConverged = this.#convergence.add(latency)
    if (!hasConverged || this.sent - this.#countsFrom < minimum) return
    if (this.requests.some((one) => this.#mayYetAnswer(one))) return this.#pause()
    if (this.#plateauMs !== undefined && latency > this.#plateauMs * (1 - tolerance)) return
    // As many at once as at first, so that the two can be compared.
    await this.#window(from)
    const slow = this.requests.filter(({ neverBecameFaster }) => neverBecameFaster)
    this.slow = [...new Set(slow.map(({ request }) => request.route))]
    this.converged = takesPlateau || slow.length === 0
    this.#plateauMs = latency
  }

  /** How many of the requests were answered well in it. */
  async #window(concurrency: number): Promise<number> {
    const asked = this.requests.filter(({ isGivenUp }) => !isGivenUp)
    const rounds = Math.max(LEAST_ROUNDS, Math.ceil(LEAST_IN_WINDOW / asked.length))
    const isFirst = this.sent === 0
    for (const one of asked) one.beginWindow()
    await this.#send(asked, rounds, concurrency)
    const outcomes = asked.map((one) => one.endWindow())
    if (outcomes.includes('first') && !isFirst) this.#beginAnew()
    this.#tellProgress(rounds * asked.length)
    return outcomes.filter((outcome) => outcome !== undefined).length
  }

  /** One that nobody could measure before has to converge, too. */
  #beginAnew(): void {
    this.#countsFrom = this.sent
    this.#convergence = new Convergence(this.#init.options.tolerance)
    this.#plateauMs = undefined
  }

  #tellProgress(inWindow: number): void {
    if (this.#isOver) return
    const { options, end, onProgress } = this.#init
    const expected = Math.max(this.#countsFrom + options.minimum, this.sent + WINDOWS_LEFT * inWindow)
    const inTime = (this.sent * (end - this.#begun)) / (performance.now() - this.#begun)
    const total = Math.min(expected, options.maximum, Math.ceil(inTime))
    onProgress(this.sent, Math.max(total, this.sent + 1))
  }

  async #send(asked: readonly RehearsedRequest[], rounds: number, concurrency: number): Promise<void> {
    const waiting = Array.from({ length: rounds }, () => asked)
      .flat()
      .values()
    this.concurrency = Math.max(this.concurrency, concurrency)
    const work = async (): Promise<void> => {
      for (const one of waiting) {
        if (this.#isOver) return
        if (one.isSkipped) continue
        await this.#ask(one)
        // No request of ours leaves the process: without it nothing else would be heard until the window is over.
        await turn()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
  }

  /** Never rejects. */
  async #ask(one: RehearsedRequest): Promise<void> {
    const { client, options, signal, deadline } = this.#init
    const controller = new AbortController()
    const giveUp = (): void => controller.abort(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    const start = performance.now()
    const time = Math.max(1, Math.min(options.timeout, Math.round(deadline - start)))
    let isTimeout = false
    const timer = setTimeout(() => {
      isTimeout = true
      controller.abort(new Error(`no whole answer within ${time} ms`))
    }, time)
    this.sent++
    try {
      const answer = await untilAborted(client.ask(one.request, controller.signal), controller.signal)
      this.#judge(one, answer, performance.now() - start)
    } catch (error) {
      if (!signal.aborted) this.#fail(one, error instanceof Error ? error.message : String(error), isTimeout)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
  }

  #judge(one: RehearsedRequest, { status, hasRetryAfter }: SelfAnswer, tookMs: number): void {
    if (status === 503 && hasRetryAfter) return one.notAvailable()
    if (status >= 500) return this.#fail(one, `it answered ${status}`, false)
    if (status >= 400) this.rejected.set(one.request.route, status)
    one.answered(tookMs)
  }

  #fail(one: RehearsedRequest, why: string, isTimeout: boolean): void {
    const { route } = one.request
    this.failed++
    one.failed(why, isTimeout)
    if (this.#troubled.has(route)) return
    this.#troubled.add(route)
    this.#init.onTrouble(route, why)
  }

  async #pause(): Promise<void> {
    const { signal, end } = this.#init
    const time = Math.min(this.#pauseMs, end - performance.now())
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MS.max)
    await wait(time, undefined, { signal }).catch(() => {})
  }
}
