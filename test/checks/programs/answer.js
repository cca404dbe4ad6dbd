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
  process.on('message', (name) => void reply(all[String(name)]))
  void reply(() => 'up')
}

/** @param {(() => unknown) | undefined} action */
async function reply(action) {
  try {
    process.send?.({ value: await action?.() })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
}

/** `remaining()` as it is by default; the signal is nobody's, so that what hangs stays. */
function context() {
  return createStepContext({ limit: 1_000, signal: new AbortController().signal })
}
