import type { Lifecycle, StageContext } from '@tidegate/core'

/** Where a server keeps what removes its hook, for each lifecycle it is drained by. Adapters look there for theirs. */
const HOOKS: unique symbol = Symbol.for('tidegate.leave-hooks')

interface Hooked {
  [HOOKS]?: WeakMap<Lifecycle, () => void>
}

export interface LeaveHook {
  /** What it is called in the record of the shutdown. */
  readonly name: string
  /** The listener has closed. */
  run(context: StageContext): Promise<void>
}

/** Adds a step to the shutdown that lets the clients of `server` go. A later one for the same server takes its place. */
export function addLeaveHook(lifecycle: Lifecycle, server: object, { name, run }: LeaveHook): () => void {
  const hooked: Hooked = server
  const hooks = (hooked[HOOKS] ??= new WeakMap<Lifecycle, () => void>())
  hooks.get(lifecycle)?.()
  const removeHook = lifecycle.addHook('leave', Object.defineProperty(run, 'name', { value: name }))
  const remove = (): void => {
    removeHook()
    if (hooks.get(lifecycle) === remove) hooks.delete(lifecycle)
  }
  hooks.set(lifecycle, remove)
  return remove
}
