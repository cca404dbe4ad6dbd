import type { StageContext } from '../dependency.ts'
import { LifecycleError } from '../errors.ts'

export type HookStep = 'drain' | 'leave' | 'drained' | 'close'

export type Hook = (context: StageContext) => Promise<void>

const STEPS: readonly HookStep[] = ['drain', 'leave', 'drained', 'close']

/** The awaited steps that others have added to the shutdown. */
export class Hooks {
  readonly #added: Set<{ readonly step: HookStep; readonly hook: Hook }> = new Set()

  /** @throws {LifecycleError} `TIDEGATE_CONFIG` */
  add(step: HookStep, hook: Hook): () => void {
    if (!STEPS.includes(step)) {
      throw new LifecycleError('TIDEGATE_CONFIG', `addHook('${step}', …): there are the steps ${STEPS.join(', ')}`)
    }
    if (typeof hook !== 'function')
      throw new LifecycleError('TIDEGATE_CONFIG', `addHook('${step}', hook) needs a function`)
    const added = { step, hook }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  of(step: HookStep): Hook[] {
    return [...this.#added].filter((added) => added.step === step).map((added) => added.hook)
  }
}
