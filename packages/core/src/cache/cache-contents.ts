import type { CheckResult, StageContext, WarmUpContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'
import { failureMessage } from '../health/failure-message.ts'
import { JITTER } from '../health/jitter.ts'
import { formatDuration } from '../options/duration.ts'
import { untilAborted } from '../until-aborted.ts'
import { CacheLoader } from './cache-loader.ts'
import type { CacheLoaderInit } from './cache-loader.ts'
import { RefreshTimer } from './refresh-timer.ts'

export interface CacheContentsInit<Value> extends CacheLoaderInit<Value> {
  /** Milliseconds. */
  readonly refresh: number | undefined
  readonly staleFor: number | undefined
}

/** Why what there is has not been replaced. */
interface Failure {
  readonly since: string
  readonly message: string
}

/** What a cache holds, how old it is, and what keeps it from being newer. */
export class CacheContents<Value> {
  readonly #init: CacheContentsInit<Value>
  readonly #loader: CacheLoader<Value>
  readonly #timer: RefreshTimer | undefined
  #loaded: { readonly value: Value; readonly at: number } | undefined
  #failure: Failure | undefined
  #closed = false

  constructor(init: CacheContentsInit<Value>) {
    this.#init = init
    this.#loader = new CacheLoader(init)
    const { refresh } = init
    if (refresh !== undefined) this.#timer = new RefreshTimer(refresh, (context) => void this.#refresh(context))
  }

  /** @throws {LifecycleError} `TIDEGATE_PHASE` */
  get(): Value {
    if (this.#loaded !== undefined) return this.#loaded.value
    const message = `the cache "${this.#init.name}" has not been loaded yet; await lifecycle.whenReady() before reading it`
    throw new LifecycleError('TIDEGATE_PHASE', message)
  }

  async warmUp(context: WarmUpContext): Promise<void> {
    // It recovers by a load that worked: one more would find nothing newer.
    if (context.recovered?.every((name) => name === this.#init.name)) return
    this.#timer?.learn(context)
    await this.#load(context)
  }

  check(): CheckResult {
    if (this.#loaded === undefined) return { status: 'fail', message: 'not loaded yet' }
    const { staleFor } = this.#init
    const ageMs = Math.round(performance.now() - this.#loaded.at)
    const data = { ageMs }
    const why = this.#whyNotNewer(ageMs)
    if (staleFor !== undefined && ageMs > staleFor) {
      const old = `the value is older than staleFor, which is ${formatDuration(staleFor)}`
      return { status: 'fail', message: why === undefined ? old : `${old}; ${why}`, data }
    }
    return why === undefined ? { status: 'pass', data } : { status: 'warn', message: why, data }
  }

  async close({ signal }: StageContext): Promise<void> {
    this.#closed = true
    this.#timer?.stop()
    const stopping = this.#loader.stop(new Error('the cache is closed'))
    try {
      await untilAborted(stopping, signal)
    } catch {
      const kept = this.#init.lock === undefined ? '' : '; the lease of its lock is kept until it is over'
      const message = `the load has not ended although its signal was aborted: hand it on to what it calls${kept}`
      throw new LifecycleError('TIDEGATE_TIMEOUT', message)
    }
  }

  #whyNotNewer(ageMs: number): string | undefined {
    if (this.#failure !== undefined) {
      return `loading it again has failed since ${this.#failure.since}: ${this.#failure.message}`
    }
    const { wait } = this.#loader
    if (wait === undefined || (!wait.isStuck && ageMs < this.#overdue)) return undefined
    return wait.for === undefined
      ? `loading it again has not ended since ${wait.since}`
      : `loading it again has not begun since ${wait.since}: ${wait.for}`
  }

  /** The age in milliseconds from which a load that is neither stuck nor failing takes too long, and before it is stale. */
  get #overdue(): number {
    const { refresh = Infinity, staleFor = Infinity } = this.#init
    const oldest = refresh * (1 + JITTER)
    return Math.min(2 * oldest, (oldest + staleFor) / 2)
  }

  /** A failure is in the report. */
  async #refresh(context: WarmUpContext): Promise<void> {
    if (!this.#loader.isLoading) await this.#load(context).catch(() => {})
  }

  async #load(context: WarmUpContext): Promise<void> {
    try {
      const value = await this.#loader.load(context)
      this.#loaded = { value, at: performance.now() }
      this.#worked(context)
    } catch (error) {
      if (!this.#loader.isLoading && !isGivenUp(context.signal)) this.#failed(error, context)
      throw error
    } finally {
      // Whoever has taken its place goes on from there.
      if (!this.#loader.isLoading && !this.#closed && this.#loaded !== undefined) {
        this.#timer?.start(this.#failure !== undefined)
      }
    }
  }

  #worked({ logger }: WarmUpContext): void {
    if (this.#failure !== undefined) logger.info({ since: this.#failure.since }, 'loaded again')
    this.#failure = undefined
  }

  #failed(error: unknown, { logger }: WarmUpContext): void {
    // The warm-up tells of those before there is a value.
    if (this.#loaded === undefined || this.#closed) return
    const message = failureMessage(error)
    const level = this.#failure === undefined ? 'warn' : 'debug'
    this.#failure = { since: this.#failure?.since ?? new Date().toISOString(), message }
    logger[level]({ error: message }, `could not be loaded again, the last good value is kept: ${message}`)
  }
}

/** Whether nobody wants the result any more; at its limit it has failed. */
function isGivenUp({ aborted, reason }: AbortSignal): boolean {
  return aborted && (reason as Partial<LifecycleError> | undefined)?.code !== 'TIDEGATE_TIMEOUT'
}
