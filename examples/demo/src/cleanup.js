/** Remembers how to end what was started, and ends it in the opposite order. */
export function createCleanup() {
  /** @type {(() => Promise<unknown> | void)[]} */
  const steps = []
  return {
    /** @param {() => Promise<unknown> | void} step */
    add(step) {
      steps.push(step)
    },
    /**
     * For what takes a while to start: it is ended even when nobody waits for it any more.
     *
     * @template Started
     * @param {Promise<Started>} starting
     * @param {(started: Started) => Promise<unknown>} end
     */
    async own(starting, end) {
      steps.push(() => starting.then(end, () => {}))
      return starting
    },
    async run() {
      for (const step of steps.splice(0).toReversed()) {
        try {
          await step()
        } catch (error) {
          console.error(`Something was left behind: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
    },
  }
}
