import type { DependencyGraph } from '../graph/dependency-graph.ts'
import { reach } from '../graph/reach.ts'
import { failureMessage } from '../health/failure-message.ts'
import type { AskRecovery, RecoveryPlan } from '../health/recovery.ts'
import type { Emit } from '../lifecycle/emitter.ts'
import type { LifecycleEvents } from '../lifecycle/events.ts'
import type { Logger } from '../logger.ts'
import type { ResolvedDependency } from '../options/resolved-options.ts'
import type { SelfConnection, SelfConnectOptions } from '../self/connect-to-self.ts'
import { backoff } from './backoff.ts'
import { ColdDependency } from './cold-dependency.ts'
import { pause } from './pause.ts'
import { measureProgress } from './progress.ts'
import type { ProgressReport } from './progress.ts'
import { runAttempt } from './run-attempt.ts'

export interface RewarmInit {
  readonly dependencies: readonly ResolvedDependency[]
  readonly graph: DependencyGraph
  readonly retry: { readonly initial: number; readonly max: number }
  readonly emit: Emit
  readonly logger: Logger
  readonly random: () => number
  connectToSelf(options: SelfConnectOptions): Promise<SelfConnection>
  isFailing(name: string): boolean
}

/** A dependency whose status is about to turn. */
interface Root {
  readonly plan: RecoveryPlan
  said: string
}

/**
 * Warms again what a recovery has made cold: itself, then what depends on it, in dependency order, those that have
 * `rewarm`. Its status turns when that is done. What needs something else that still fails is left to the recovery of
 * that; what is not critical is waited for until its first attempt has failed, and goes on trying behind.
 */
export class Rewarm {
  readonly #init: RewarmInit
  /** In an order they can be warmed in. */
  readonly #candidates: readonly ColdDependency[]
  readonly #warm = new Set<string>()
  readonly #cold = new Map<string, ColdDependency>()
  readonly #roots = new Map<string, Root>()
  #reviewing = false
  #stopped = false

  constructor(init: RewarmInit) {
    this.#init = init
    const { dependencies, graph } = init
    this.#candidates = dependencies
      .filter(({ rewarm }) => rewarm)
      .map((dependency) => new ColdDependency(dependency, reach(dependency.name, graph.dependenciesOf)))
      .toSorted((a, b) => graph.order.indexOf(a.name) - graph.order.indexOf(b.name))
  }

  /** Its first warm-up is done: from now on it can grow cold. */
  hasWarmed(name: string): void {
    this.#warm.add(name)
  }

  /** Aborts what runs, and keeps no recovery waiting any more. */
  stop(): void {
    this.#stopped = true
    for (const cold of this.#cold.values()) cold.giveUp('the service is shutting down')
    this.#cold.clear()
    const roots = [...this.#roots.values()]
    this.#roots.clear()
    for (const { plan } of roots) plan.onOver()
  }

  readonly askRecovery: AskRecovery = (name, plan) => {
    if (this.#stopped) return undefined
    for (const cold of this.#candidates) {
      if (plan.first || !this.#warm.has(cold.name) || !concerns(name, cold)) continue
      cold.ask(name)
      this.#cold.set(cold.name, cold)
    }
    const root = { plan, said: '' }
    this.#roots.set(name, root)
    if (this.#waitedFor(name).length === 0) {
      this.#roots.delete(name)
      return undefined
    }
    // Whoever asks has not noted yet that it waits.
    queueMicrotask(() => this.review())
    return {
      abort: () => {
        if (this.#roots.get(name) !== root) return
        this.#roots.delete(name)
        this.review()
      },
    }
  }

  /** Somebody's status has changed: what can be warmed now is, and what cannot any more is given up. */
  review(): void {
    if (this.#reviewing || (this.#cold.size === 0 && this.#roots.size === 0)) return
    this.#reviewing = true
    try {
      for (const cold of this.#cold.values()) this.#reviewCold(cold)
      for (const [name, root] of this.#roots) this.#reviewRoot(name, root)
    } finally {
      this.#reviewing = false
    }
  }

  #reviewCold(cold: ColdDependency): void {
    if (this.#isBlocked(cold)) cold.giveUp('what it needs has failed again')
    else if (cold.run === undefined && this.#coldBeneath(cold).length === 0) void this.#run(cold)
  }

  #reviewRoot(name: string, root: Root): void {
    const waitedFor = this.#waitedFor(name)
    if (waitedFor.length === 0) {
      this.#roots.delete(name)
      root.plan.onOver()
      return
    }
    const message = `warming again: ${waitedFor.join(', ')}`
    if (message === root.said) return
    root.said = message
    root.plan.onProgress(message)
  }

  #waitedFor(root: string): ColdDependency[] {
    return [...this.#cold.values()].filter((cold) => concerns(root, cold) && this.#holdsBack(cold, root))
  }

  #holdsBack(cold: ColdDependency, root: string): boolean {
    if (this.#isBlocked(cold)) return false
    if (cold.name === root) return true
    if (cold.failed && !cold.dependency.critical) return false
    return this.#coldBeneath(cold).every((below) => this.#holdsBack(below, root))
  }

  /** Whether it is left to the recovery of another; its own, when it is a server that still fails itself. */
  #isBlocked({ name, dependency, beneath }: ColdDependency): boolean {
    const needed = dependency.scope === 'remote' ? [...beneath, name] : [...beneath]
    return needed.some((one) => this.#init.isFailing(one) && !this.#roots.has(one))
  }

  #coldBeneath({ beneath }: ColdDependency): ColdDependency[] {
    return [...this.#cold.values()].filter(({ name }) => beneath.has(name))
  }

  async #run(cold: ColdDependency): Promise<void> {
    const { retry, random } = this.#init
    const run = new AbortController()
    cold.run = run
    while (!run.signal.aborted && !(await this.#attempt(cold, run.signal))) {
      await pause(backoff(cold.attempt, retry, random), run.signal)
    }
  }

  /** Whether it is warm now. */
  async #attempt(cold: ColdDependency, signal: AbortSignal): Promise<boolean> {
    cold.attempt++
    cold.attemptedAt = performance.now()
    cold.progress = undefined
    this.#tell(cold, 'started')
    try {
      await runAttempt({
        dependency: cold.dependency,
        logger: this.#init.logger,
        signal,
        connectToSelf: this.#init.connectToSelf,
        recovered: [...cold.recovered],
        retry: this.#init.retry,
        onProgress: (done, total, unit) => {
          if (!signal.aborted) this.#say(cold, measureProgress(done, total, unit, performance.now() - cold.attemptedAt))
        },
      })
    } catch (error) {
      if (signal.aborted) return false
      const message = failureMessage(error)
      cold.failed = true
      cold.error = message
      this.review()
      this.#tell(cold, 'failed', { error: message })
      return false
    }
    if (signal.aborted) return false
    this.#tell(cold, 'done')
    this.#done(cold)
    return true
  }

  #say(cold: ColdDependency, progress: ProgressReport): void {
    cold.progress = progress.progress
    this.review()
    this.#tell(cold, 'progress', progress)
  }

  #done(cold: ColdDependency): void {
    cold.run = undefined
    cold.recovered.clear()
    this.#cold.delete(cold.name)
    this.review()
  }

  #tell(
    { name, attempt }: ColdDependency,
    state: LifecycleEvents['warmup']['state'],
    more: Partial<ProgressReport> & Pick<LifecycleEvents['warmup'], 'error'> = {},
  ): void {
    this.#init.emit('warmup', { dependency: name, state, attempt, again: true, ...more })
  }
}

function concerns(root: string, cold: ColdDependency): boolean {
  return cold.name === root || cold.beneath.has(root)
}
