import { setTimeout as pause } from 'node:timers/promises'

import { PATIENCE_MS } from './limits.ts'
import { tookTooLong } from './within.ts'

const PAUSE_MS = 20

/**
 * Waits for something that nobody tells of, by looking again and again.
 *
 * @throws {LifecycleError} `TIDEGATE_TIMEOUT` after 10 s, naming `what`.
 */
export async function until(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw tookTooLong(what())
    await pause(PAUSE_MS)
  }
}
