import type { ProbeView } from '@tidegate/core'

import type { History } from './history.ts'

/** What every section of the page is made of. */
export interface PageData {
  readonly view: ProbeView
  readonly history: Pick<History, 'transitions' | 'drain' | 'samplesOf'>
  /** By `Date.now()`. */
  readonly now: number
  /** Milliseconds between two refreshes; 0 for none. */
  readonly refreshMs: number
}
