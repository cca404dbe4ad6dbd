import { LifecycleError } from '../errors.ts'
import type { DependencyGraph } from '../graph/dependency-graph.ts'
import { unknownDependency } from '../graph/unknown-dependency.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { WarmUpReport } from '../health/health-report.ts'
import type { Emit } from '../lifecycle/emitter.ts'
import type { LifecycleEvents } from '../lifecycle/events.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedDependency } from '../options/resolved-options.ts'
import type { SelfConnection, SelfConnectOptions } from '../self/connect-to-self.ts'
import { backoff } from './backoff.ts'
import { pause } from './pause.ts'
import { measureProgress, withoutRemaining } from './progress.ts'
import type { ProgressReport } from './progress.ts'
import { remainingTime } from './remaining-time.ts'
import { runAttempt } from './run-attempt.ts'

export interface WarmUpInit {
  readonly dependencies: readonly ResolvedDependency[]
  readonly graph: DependencyGraph
  readonly retry: { readonly initial: number; readonly max: number }
  readonly emit: Emit
  readonly logger: Logger
  readonly random: () => number
  connectToSelf(options: SelfConnectOptions): Promise<SelfConnection>
  /** A dependency is warm, and what depends on it may begin. */
  onWarm(name: string): void
  /** An attempt has failed; another one follows. */
  onFailed(name: string, message: string): void
  /** Something has changed; called after the events that tell of it. */
  onChange(): void
}

interface Progress {
  readonly dependency: ResolvedDependency
  attempt: number
  begun: boolean
  warm: boolean
  /** The first attempt has failed. */
  failed: boolean
  /** By `performance.now()`. */
  attemptedAt: number
  progress?: ProgressReport
  error?: string
}

/** Warms every dependency after those it depends on, each again and again until it is warm. */
export class WarmUp {
  /** Grows with every change, before its events are emitted. */
  version = 0
  readonly #init: WarmUpInit
  readonly #progress: ReadonlyMap<string, Progress>
  readonly #controller = new AbortController()

  constructor(init: WarmUpInit) {
    this.#init = init
    this.#progress = new Map(
      init.dependencies.map((dependency) => [
        dependency.name,
        { dependency, attempt: 0, begun: false, warm: false, failed: false, attemptedAt: 0 },
      ]),
    )
  }

  /**
   * Whether every critical dependency is warm, and every other one has had its first chance: a failed attempt, or
   * waiting for one that has failed.
   */
  get completed(): boolean {
    return [...this.#progress.values()].every(
      (progress) => progress.warm || (!progress.dependency.critical && this.#hadItsChance(progress)),
    )
  }

  /** What has been touched, and so must be closed. */
  hasBegun(name: string): boolean {
    return this.#of(name).begun
  }

  begin(): void {
    this.#beginReady()
  }

  abort(): void {
    this.#controller.abort(new LifecycleError('TIDEGATE_WARM_UP', 'the service is shutting down'))
  }

  report(): WarmUpReport {
    const pending: Record<string, WarmUpReport['pending'][string]> = {}
    for (const [name, { warm, attempt, progress, error }] of this.#progress) {
      if (warm) continue
      pending[name] = Object.freeze({ attempt, ...progress, ...(error === undefined ? {} : { error }) })
    }
    const { completed } = this
    const total = this.#progress.size
    const warm = total - Object.keys(pending).length
    const remainingMs = completed ? undefined : this.#remaining()
    return Object.freeze({
      completed,
      warm,
      total,
      ...(remainingMs === undefined ? {} : { remainingMs }),
      pending: Object.freeze(pending),
    })
  }

  /** Until it has completed. Whatever does not hold that back is left out. */
  #remaining(): number | undefined {
    const awaited = [...this.#progress].filter(
      ([, progress]) => !progress.warm && (progress.dependency.critical || !this.#hadItsChance(progress)),
    )
    const tasks = awaited.map(([name, { dependency, progress }]) => {
      const ownMs = dependency.warmUp === undefined ? 0 : progress?.remainingMs
      return [name, { ownMs, beneath: this.#init.graph.dependenciesOf(name) }] as const
    })
    return remainingTime(
      awaited.map(([name]) => name),
      new Map(tasks),
    )
  }

  #of(name: string): Progress {
    const progress = this.#progress.get(name)
    if (progress === undefined) throw unknownDependency(name, [...this.#progress.keys()])
    return progress
  }

  #hadItsChance(progress: Progress): boolean {
    if (progress.failed) return true
    if (progress.begun) return false
    return this.#beneath(progress).some((below) => !below.warm && this.#hadItsChance(below))
  }

  #beneath({ dependency }: Progress): Progress[] {
    return this.#init.graph.dependenciesOf(dependency.name).map((name) => this.#of(name))
  }

  #beginReady(): void {
    if (this.#controller.signal.aborted) return
    for (const progress of this.#progress.values()) {
      if (progress.begun || !this.#beneath(progress).every((below) => below.warm)) continue
      progress.begun = true
      if (progress.dependency.warmUp === undefined) this.#done(progress)
      else void this.#warm(progress)
    }
  }

  async #warm(progress: Progress): Promise<void> {
    const { retry, random } = this.#init
    const { signal } = this.#controller
    while (!signal.aborted && !(await this.#attempt(progress))) {
      await pause(backoff(progress.attempt, retry, random), signal)
    }
  }

  async #attempt(progress: Progress): Promise<boolean> {
    const { onChange, onFailed } = this.#init
    const { name } = progress.dependency
    progress.attempt++
    progress.attemptedAt = performance.now()
    delete progress.progress
    this.#tell(progress, 'started')
    onChange()
    try {
      await runAttempt({
        dependency: progress.dependency,
        logger: this.#init.logger,
        signal: this.#controller.signal,
        connectToSelf: this.#init.connectToSelf,
        retry: this.#init.retry,
        onProgress: (done, total, unit) => this.#say(progress, done, total, unit),
      })
    } catch (error) {
      if (this.#controller.signal.aborted) return false
      const message = failureMessage(error)
      progress.failed = true
      // What was left of it says nothing of the next one.
      if (progress.progress !== undefined) progress.progress = withoutRemaining(progress.progress)
      progress.error = message
      this.#tell(progress, 'failed', { error: message })
      onFailed(name, message)
      onChange()
      return false
    }
    if (this.#controller.signal.aborted) return false
    this.#done(progress)
    return true
  }

  #done(progress: Progress): void {
    const { onWarm, onChange } = this.#init
    const { name } = progress.dependency
    progress.warm = true
    this.#tell(progress, 'done')
    onWarm(name)
    this.#beginReady()
    onChange()
  }

  #say(progress: Progress, done: number, total: number, unit: string | undefined): void {
    progress.progress = measureProgress(done, total, unit, performance.now() - progress.attemptedAt)
    this.#tell(progress, 'progress', progress.progress)
    this.#init.onChange()
  }

  #tell(
    { dependency, attempt }: Progress,
    state: LifecycleEvents['warmup']['state'],
    more: Partial<ProgressReport> & Pick<LifecycleEvents['warmup'], 'error'> = {},
  ): void {
    this.version++
    // One without a warm-up of its own has nothing to tell of.
    if (attempt > 0) this.#init.emit('warmup', { dependency: dependency.name, state, attempt, ...more })
  }
}
