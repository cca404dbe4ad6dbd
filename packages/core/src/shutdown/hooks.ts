import type { StageContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'

export type HookStep = 'drain' | 'leave' | 'drained' | 'close'

export type Hook = (context: StageContext) => Promise<void>

export interface HookOptions {
  /**
   * `false`, for a `drained` hook alone: it takes as long as it likes, ahead of the others, and `shutdown.close` counts
   * from its end. Nothing but the kill ends one that hangs. Default: what the step has left.
   */
  readonly limit?: false | undefined
}

interface AddedHook {
  readonly step: HookStep
  readonly hook: Hook
  readonly isLimited: boolean
}

const STEPS: readonly HookStep[] = ['drain', 'leave', 'drained', 'close']

/** The awaited steps that others have added to the shutdown. */
export class Hooks {
  readonly #added: Set<AddedHook> = new Set()

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(step: HookStep, hook: Hook, { limit }: HookOptions = {}): () => void {
    if (!STEPS.includes(step)) {
      throw new LifecycleError('TIDEGATE_CONFIG', `addHook('${step}', …): there are the steps ${STEPS.join(', ')}`)
    }
    if (typeof hook !== 'function')
      throw new LifecycleError('TIDEGATE_CONFIG', `addHook('${step}', hook) needs a function`)
    if (limit !== undefined && (limit || step !== 'drained')) {
      const advice = "leave it out, or give limit: false to a 'drained' hook"
      throw new LifecycleError('TIDEGATE_CONFIG', `addHook('${step}', hook, { limit: ${String(limit)} }): ${advice}`)
    }
    const added = { step, hook, isLimited: limit !== false }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  of(step: HookStep, { limited = true }: { readonly limited?: boolean } = {}): Hook[] {
    return [...this.#added].filter((one) => one.step === step && one.isLimited === limited).map(({ hook }) => hook)
  }
}
