import { createHook } from 'node:async_hooks'

export interface LiveResources {
  /** Timers and sockets made since and not let go of, each with where it was made. Timers without a ref count, too. */
  list(): string[]
  stop(): void
}

/** What Node calls timers, immediates and everything that holds a socket; all of them say when they are destroyed. */
const KINDS = /^(?:Timeout|Immediate|TCP\w*WRAP|PIPE\w*WRAP|GETADDRINFOREQWRAP)$/i

/** What the test itself and its runner make comes and goes. */
const OURS = /\/node_modules\/(?:@?vitest|\.pnpm\/@?vitest)|\/test\/faults\/test\//

/** Watches timers and sockets as Node makes and destroys them. */
export function watchResources(): LiveResources {
  const live = new Map<number, string>()
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const hook = createHook({
    init(id, type) {
      if (!KINDS.test(type)) return
      // The first lines are the error's and this function's own.
      const frames = (new Error('made').stack ?? '').split('\n').slice(2)
      const origin = frames.find((frame) => !/[( ]node:/.test(frame)) ?? frames[0] ?? ''
      if (!OURS.test(origin)) live.set(id, `${type} ${origin.trim()}`)
    },
    destroy(id) {
      live.delete(id)
    },
  }).enable()
  return {
    list: () => [...live.values()],
    stop() {
      hook.disable()
      Error.stackTraceLimit = limit
    },
  }
}
