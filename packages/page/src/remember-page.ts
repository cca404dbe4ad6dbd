import type { HealthReport, ProbeView } from '@tidegate/core'

/** How many pages of one dependency, or with something left out, are made a second: anybody may ask for any of them. */
const MOST_ASIDE = 16
/** Times on the page count in seconds. */
const FRESH_MS = 1_000

/** What a page is made from, besides who asks. */
export interface Sources {
  /** The same object until something changes. */
  readonly report: HealthReport
  readonly historyVersion: number
  readonly now: number
}

/** Makes each page at most once a second while nothing changes, however many ask, and not any number of different ones. */
export class RememberedPages {
  readonly #pages = new Map<string, string>()
  #made: Sources | undefined
  #aside = 0
  #asideSince = -Infinity

  /** `undefined` when too many different ones were asked for. */
  get(view: ProbeView, sources: Sources, make: () => string): string | undefined {
    if (!this.#isFresh(sources)) {
      this.#pages.clear()
      this.#made = sources
    }
    const key = keyOf(view)
    const known = this.#pages.get(key)
    if (known !== undefined) return known
    if (isAside(view) && !this.#hasRoom(sources.now)) return undefined
    const page = make()
    this.#pages.set(key, page)
    return page
  }

  #isFresh({ report, historyVersion, now }: Sources): boolean {
    const made = this.#made
    if (made === undefined || made.report !== report || made.historyVersion !== historyVersion) return false
    return isWithin(FRESH_MS, made.now, now)
  }

  #hasRoom(now: number): boolean {
    if (!isWithin(FRESH_MS, this.#asideSince, now)) {
      this.#asideSince = now
      this.#aside = 0
    }
    this.#aside += 1
    return this.#aside <= MOST_ASIDE
  }
}

function isAside({ dependency, excluded }: ProbeView): boolean {
  return dependency !== undefined || excluded.length > 0
}

/** The clock may have been put back. */
function isWithin(ms: number, since: number, now: number): boolean {
  return now >= since && now - since < ms
}

function keyOf({ kind, dependency, verdict, status, details, excluded, prober }: ProbeView): string {
  return JSON.stringify([kind, dependency, verdict, status, details, excluded, prober.path.endsWith('/')])
}
