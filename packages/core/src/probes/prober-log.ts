import { isForRouting } from './probe-routes.ts'
import type { ProbeKind } from './probe-routes.ts'
import type { RequestProber } from './prober.ts'
import { isOutOfRotation, readServerState } from './server-state.ts'
import type { ServerState } from './server-state.ts'
import type { TrustedAddresses } from './trusted-addresses.ts'

/** Somebody who has asked for readiness or health during the drain. */
export interface ProberRecord {
  /** Its `User-Agent`, or its address when it sends none; cut to 80 characters. */
  readonly prober: string
  /** Milliseconds from the call to leave until it was told. */
  readonly toldAfterMs: number
  /** How often it has asked since. */
  readonly asked: number
}

/** Somebody who asks probes of the whole service. */
export interface ProberReport {
  /** Its `User-Agent`, or its address when it sends none; cut to 80 characters, which are printable ones. */
  readonly prober: string
  readonly kind: ProbeKind
  readonly asked: number
  /** How long passes between two of its probes, in milliseconds, on average; absent before the second. */
  readonly everyMs?: number
  /** As ISO 8601. */
  readonly lastAskedAt: string
  /** The status code it was last answered with. */
  readonly lastStatus: number
  /** What HAProxy says of us, when its address is among `probes.trusted`. */
  readonly serverState?: ServerState
}

export interface ProbersReport {
  /** At most 32, the first known first. */
  readonly known: readonly ProberReport[]
  /** How many probes came from others. */
  readonly others: number
}

interface Entry {
  /** In the index of its kind. */
  readonly key: string
  readonly prober: string
  readonly kind: ProbeKind
  readonly isTrusted: boolean
  readonly routes: boolean
  readonly firstAt: number
  asked: number
  lastAt: number
  lastStatus: number
  serverState: ServerState | undefined
  /** When it was first told that this instance is leaving, and how often since. */
  toldAt: number | undefined
  told: number
}

const MOST_PROBERS = 32
const LONGEST_NAME = 80
/** Longer than the longest interval of any prober there is, which is 300 s of an ALB. */
const FORGOTTEN_AFTER_MS = 600_000
/** Who has not asked for so long is not waited for. */
const LIVE_MS = 60_000
/** What is remembered of answers that show this is made anew no more often. */
const REFRESH_MS = 1_000

/**
 * Who probes, how often, and what they last saw. Anybody can pretend to be anybody, so there is a bound to what is kept, and
 * nothing that is kept ever makes anything wait longer.
 */
export class ProberLog {
  readonly #trusted: TrustedAddresses
  readonly #entries = new Set<Entry>()
  /** By kind and then by name: to put the two together would cost every probe more than all the rest of this. */
  readonly #index: Readonly<Record<ProbeKind, Map<string, Entry>>> = {
    live: new Map(),
    ready: new Map(),
    startup: new Map(),
    health: new Map(),
  }
  #others = 0
  #othersRoutedAt: number | undefined
  #lastAskedAt: number | undefined
  #version = 0
  #refreshedAt = -Infinity
  #leftAt: number | undefined
  #onHeard: (() => void) | undefined

  constructor(trusted: TrustedAddresses) {
    this.#trusted = trusted
  }

  /** When somebody who routes by it last asked for readiness or health, by `performance.now()`. */
  get lastAskedAt(): number | undefined {
    return this.#lastAskedAt
  }

  /** Changes when the report does, but not more than once a second for those who are known. */
  get version(): number {
    return this.#version
  }

  /** Probes of one dependency are left out: they decide nothing, and there are as many as somebody can think of. */
  note(prober: RequestProber, status: number): void {
    if (prober.dependency !== undefined) return
    const now = performance.now()
    const routes = isForRouting(prober.target)
    if (routes) this.#lastAskedAt = now
    if (now - this.#refreshedAt >= REFRESH_MS) this.#refresh(now)
    const entry = this.#entryOf(prober, routes, now)
    if (entry === undefined) {
      this.#others += 1
      if (routes) this.#othersRoutedAt = now
      return
    }
    entry.asked += 1
    entry.lastAt = now
    entry.lastStatus = status
    if (this.#leftAt === undefined || !routes) return
    entry.toldAt ??= now
    entry.told += 1
    if (this.#onHeard !== undefined && this.#haveAllHeard(now)) this.#onHeard()
  }

  /** @param onHeard called when all who route here are trusted, and have taken this instance out. */
  beginLeaving(onHeard?: () => void): void {
    this.#leftAt = performance.now()
    this.#onHeard = onHeard
    // What was said before is no answer to this.
    for (const entry of this.#entries) entry.serverState = undefined
  }

  report(): ProbersReport {
    const sinceEpoch = Date.now() - performance.now()
    const known = Array.from(this.#entries, (entry): ProberReport => {
      const { prober, kind, asked, firstAt, lastAt, lastStatus, serverState } = entry
      return {
        prober,
        kind,
        asked,
        ...(asked > 1 && { everyMs: Math.round((lastAt - firstAt) / (asked - 1)) }),
        lastAskedAt: new Date(sinceEpoch + lastAt).toISOString(),
        lastStatus,
        ...(serverState && { serverState }),
      }
    })
    return { known, others: this.#others }
  }

  /** Who has been told that this instance is leaving: when nobody was, the lame duck has been in vain. */
  told(): readonly ProberRecord[] {
    const start = this.#leftAt ?? 0
    const records = new Map<string, ProberRecord>()
    const inOrder = [...this.#entries].toSorted((a, b) => (a.toldAt ?? 0) - (b.toldAt ?? 0))
    for (const { prober, told, toldAt } of inOrder) {
      if (toldAt === undefined) continue
      const known = records.get(prober)
      const toldAfterMs = known?.toldAfterMs ?? Math.round(toldAt - start)
      records.set(prober, { prober, toldAfterMs, asked: told + (known?.asked ?? 0) })
    }
    return [...records.values()]
  }

  #entryOf(prober: RequestProber, routes: boolean, now: number): Entry | undefined {
    const isTrusted = !this.#trusted.isEmpty && this.#trusted.has(prober.address)
    const serverState = isTrusted ? readServerState(prober.header('x-haproxy-server-state')) : undefined
    const said = prober.userAgent ?? prober.address ?? 'unknown'
    const name = said.length > LONGEST_NAME ? said.slice(0, LONGEST_NAME) : said
    // One HAProxy asks for each of its backends, and several may call themselves the same.
    const asWhom = serverState && `${prober.address} ${serverState.node} ${serverState.name}`
    const key = asWhom ?? name
    const index = this.#index[prober.kind]
    let entry = index.get(key)
    if (entry === undefined) {
      if (this.#entries.size >= MOST_PROBERS && !this.#makeRoom(isTrusted, now)) return undefined
      entry = {
        key,
        prober: name.replace(/[^\x20-\x7e]/g, '?'),
        kind: prober.kind,
        isTrusted,
        routes,
        firstAt: now,
        asked: 0,
        lastAt: now,
        lastStatus: 0,
        serverState,
        toldAt: undefined,
        told: 0,
      }
      this.#entries.add(entry)
      index.set(key, entry)
      this.#refresh(now)
    }
    if (serverState !== undefined) entry.serverState = serverState
    return entry
  }

  /** Whoever is trusted takes the place of somebody who is not; others only that of somebody who has gone. */
  #makeRoom(isTrusted: boolean, now: number): boolean {
    let oldest: Entry | undefined
    let oldestAt = isTrusted ? Infinity : now - FORGOTTEN_AFTER_MS
    for (const entry of this.#entries) {
      const isGone = now - entry.lastAt > FORGOTTEN_AFTER_MS
      if (entry.lastAt >= oldestAt || (entry.isTrusted && !isGone)) continue
      oldest = entry
      oldestAt = entry.lastAt
    }
    if (oldest === undefined) return false
    this.#index[oldest.kind].delete(oldest.key)
    return this.#entries.delete(oldest)
  }

  #haveAllHeard(now: number): boolean {
    if (this.#othersRoutedAt !== undefined && now - this.#othersRoutedAt < LIVE_MS) return false
    for (const { routes, lastAt, serverState } of this.#entries) {
      if (routes && now - lastAt < LIVE_MS && !isOutOfRotation(serverState)) return false
    }
    return true
  }

  #refresh(now: number): void {
    this.#refreshedAt = now
    this.#version += 1
  }
}
