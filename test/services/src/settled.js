import { setTimeout as delay } from 'node:timers/promises'

const LIMIT_MS = 60_000
const PAUSE_MS = 50

/**
 * Resolves when servers that agree among themselves have done so. Rejects when they have not within a minute.
 *
 * @param {string} what ends the sentence "waited in vain for …"
 * @param {() => Promise<boolean>} isSo
 */
export async function settled(what, isSo) {
  const limit = performance.now() + LIMIT_MS
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error(`Waited in vain for ${what}: not within ${LIMIT_MS} ms`)
    await delay(PAUSE_MS)
  }
}
