import { AsyncLocalStorage, createHook } from 'node:async_hooks'

/** Which test is running: what a runner and the hands of a test do besides is none of it. */
const running = new AsyncLocalStorage<symbol | undefined>()

/** Runs a test, so that watches inside it see what comes of it, directly or by way of events. */
export function asTest<Result>(run: () => Result): Result {
  return running.run(Symbol('test'), run)
}

/** Runs something that no watch sees. */
export function unwatched<Result>(run: () => Result): Result {
  return running.run(undefined, run)
}

/** What can hold the process, as Node calls it; the rest waits for one of these. */
const KINDS = /^(?:Timeout|TCPWRAP|TCPSERVERWRAP|PIPEWRAP|PIPESERVERWRAP|UDPWRAP|PROCESSWRAP|GETADDRINFOREQWRAP)$/

interface Resource {
  readonly description: string
  /** Only handles can have been let go of while they live. */
  readonly handle: { hasRef?(): boolean }
}

/** Sees timers, sockets and the like that are made from now on, and whether they hold the process. */
export class ResourceWatch {
  readonly #live = new Map<number, Resource>()
  readonly #test = running.getStore()
  readonly #hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (running.getStore() !== this.#test || !KINDS.test(type)) return
      this.#live.set(id, { description: `${type} made ${origin()}`, handle: resource })
    },
    destroy: (id) => void this.#live.delete(id),
  }).enable()

  /** What holds it now, as `'2 Timeout made at Pool.connect (…)'`. What has just ended is among it for one more turn. */
  list(): string[] {
    const counts = new Map<string, number>()
    for (const { description, handle } of this.#live.values()) {
      if (handle.hasRef?.() ?? true) counts.set(description, (counts.get(description) ?? 0) + 1)
    }
    return Array.from(counts, ([description, count]) => `${count} ${description}`)
  }

  stop(): void {
    this.#hook.disable()
  }
}

/** The first line of the stack that is neither Node's nor ours. */
function origin(): string {
  const lines = (new Error('made').stack ?? '').split('\n').slice(1)
  return lines.find((line) => !/node:|\(<anonymous>\)|resource-watch/.test(line))?.trim() ?? 'by Node.js'
}
