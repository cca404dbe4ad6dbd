import type { StageContext } from '../dependency.ts'

export type HookStep = 'drain' | 'drained' | 'close'

export type Hook = (context: StageContext) => Promise<void>

/** The awaited steps that others have added to the shutdown. */
export class Hooks {
  readonly #added: Set<{ readonly step: HookStep; readonly hook: Hook }> = new Set()

  add(step: HookStep, hook: Hook): () => void {
    const added = { step, hook }
    this.#added.add(added)
    return () => this.#added.delete(added)
  }

  of(step: HookStep): Hook[] {
    return [...this.#added].filter((added) => added.step === step).map((added) => added.hook)
  }
}
