import type { HealthReport, ProbeView } from '@tidegate/core'

const MOST_PAGES = 16
/** Times on the page count in seconds. */
const FRESH_MS = 1_000

/** What a page is made from, besides who asks. */
export interface Sources {
  /** The same object until something changes. */
  readonly report: HealthReport
  readonly historyVersion: number
  readonly now: number
}

/** Makes each page at most once a second while nothing changes, however many ask. */
export class RememberedPages {
  readonly #pages = new Map<string, string>()
  #made: Sources | undefined

  get(view: ProbeView, sources: Sources, make: () => string): string {
    if (!this.#isFresh(sources)) {
      this.#pages.clear()
      this.#made = sources
    }
    const key = keyOf(view)
    const known = this.#pages.get(key)
    if (known !== undefined) return known
    const page = make()
    if (this.#pages.size === MOST_PAGES) this.#pages.clear()
    this.#pages.set(key, page)
    return page
  }

  #isFresh({ report, historyVersion, now }: Sources): boolean {
    const made = this.#made
    if (made === undefined || made.report !== report || made.historyVersion !== historyVersion) return false
    return now >= made.now && now - made.now < FRESH_MS
  }
}

function keyOf({ kind, dependency = '', verdict, status, details, excluded, prober }: ProbeView): string {
  return [kind, dependency, verdict, status, details, excluded.join(','), prober.path.endsWith('/')].join(' ')
}
