import { setImmediate as turn } from 'node:timers/promises'

import { LifecycleError } from '@tidegate/core'

import { Convergence } from './convergence.ts'
import type { ReadyRequest } from './read-request.ts'
import type { SelfClient } from './self-client.ts'
import type { ResolvedSelfRequests } from './self-requests-options.ts'
import { COMPARED } from './speed-up.ts'

/** How often each request is sent in a window at least, and how many all of them are together. */
const LEAST_ROUNDS = 3
const LEAST_IN_WINDOW = 10

export interface RehearsalInit {
  readonly options: ResolvedSelfRequests
  readonly client: SelfClient
  readonly signal: AbortSignal
  /** No request is begun after it, by `performance.now()`. */
  readonly end: number
  /** Told after every window how many requests were sent by now. */
  onProgress(sent: number): void
}

/** Sends the requests again and again, more and more at once, until their latency has converged. */
export class Rehearsal {
  /** Of every request, in the order of their ends, in milliseconds. */
  readonly latencies: number[] = []
  /** What was answered 4xx, with its status. */
  readonly rejected: Map<string, number> = new Map()
  /** How many were under way at once, when they were most. */
  concurrency = 0
  converged = false
  readonly #init: RehearsalInit

  constructor(init: RehearsalInit) {
    this.#init = init
  }

  /** @throws {LifecycleError} `TIDEGATE_WARM_UP`, for the first request that fails. */
  async run(): Promise<void> {
    const { options } = this.#init
    const { from, to, minimum, tolerance } = options
    for (let level = from; level < to; level *= 2) await this.#window(level)
    const convergence = new Convergence(tolerance)
    while (!this.#isOver) {
      const latency = await this.#window(to)
      // At `minimum` it has to be converged still, not to have been so once.
      const hasConverged = latency !== undefined && convergence.add(latency)
      if (!hasConverged || this.latencies.length < minimum) continue
      this.converged = true
      // As many at once as at first, so that the two can be compared.
      await this.#send(repeated(options.requests, COMPARED), from)
      return
    }
  }

  get #isOver(): boolean {
    const { options, signal, end } = this.#init
    return signal.aborted || performance.now() >= end || this.latencies.length >= options.maximum
  }

  /** The time of one round: the median of each request, added up. `undefined` when there was no time for all of it. */
  async #window(concurrency: number): Promise<number | undefined> {
    const { requests } = this.#init.options
    const rounds = Math.max(LEAST_ROUNDS, Math.ceil(LEAST_IN_WINDOW / requests.length))
    const taken = await this.#send(repeated(requests, rounds * requests.length), concurrency)
    this.#init.onProgress(this.latencies.length)
    const medians = requests.map((request) => median(taken.get(request) ?? []))
    return this.#isOver ? undefined : medians.reduce((sum, each) => sum + each, 0)
  }

  async #send(
    queue: readonly ReadyRequest[],
    concurrency: number,
  ): Promise<ReadonlyMap<ReadyRequest, readonly number[]>> {
    const taken = new Map<ReadyRequest, number[]>()
    const waiting = queue.values()
    this.concurrency = Math.max(this.concurrency, concurrency)
    const work = async (): Promise<void> => {
      for (const request of waiting) {
        if (this.#isOver) return
        const latency = await this.#time(request)
        this.latencies.push(latency)
        taken.set(request, [...(taken.get(request) ?? []), latency])
        // No request of ours leaves the process: without it nothing else would be heard until the window is over.
        await turn()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    return taken
  }

  async #time(request: ReadyRequest): Promise<number> {
    const { client, options, signal } = this.#init
    const controller = new AbortController()
    const tooLong = new Error(`no whole answer within ${options.timeout} ms`)
    const timer = setTimeout(() => controller.abort(tooLong), options.timeout)
    const start = performance.now()
    try {
      const status = await client.ask(request, controller.signal)
      if (status >= 500) throw new Error(`it answered ${status}`)
      if (status >= 400) this.rejected.set(request.route, status)
      return performance.now() - start
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw failure(request, controller.signal.aborted ? tooLong : error)
    } finally {
      clearTimeout(timer)
    }
  }
}

function failure({ route }: ReadyRequest, cause: unknown): LifecycleError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LifecycleError('TIDEGATE_WARM_UP', `the service asked itself for ${route}: ${why}`, { cause })
}

function repeated(requests: readonly ReadyRequest[], count: number): readonly ReadyRequest[] {
  return Array.from({ length: count }, (_, index) => requests[index % requests.length]).filter(
    (one) => one !== undefined,
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
