import { createStepContext, runCheck, runClose } from '@tidegate/testing'

/**
 * Does what the test says, by name, one thing at a time, and sends what comes of it. It ends when the test does.
 *
 * @param {import('@tidegate/core').Dependency} dependency
 * @param {Record<string, () => unknown>} actions besides `check` and `close`
 */
export function answer(dependency, actions) {
  /** @type {Record<string, () => unknown>} */
  const all = { check: () => runCheck(dependency, context()), close: () => runClose(dependency), ...actions }
  process.on('message', async (name) => {
    try {
      process.send?.({ value: await all[String(name)]?.() })
    } catch (error) {
      process.send?.({ error: String(error) })
    }
  })
  process.send?.({ value: 'up' })
}

/** `remaining()` as it is by default; the signal is nobody's, so that what hangs stays. */
function context() {
  return createStepContext({ limit: 1_000, signal: new AbortController().signal })
}
