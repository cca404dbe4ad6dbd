import { isForRouting } from '../probe-routes.ts'
import type { ProbeKind } from '../probe-routes.ts'
import type { RequestProber } from './prober.ts'
import { isOutOfRotation, readServerState } from './server-state.ts'
import type { ServerState } from './server-state.ts'
import { ToldProbers } from './told-probers.ts'
import type { ProberRecord } from './told-probers.ts'
import type { TrustedAddresses } from './trusted-addresses.ts'

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
  /** At most 32, the first known first; those who ask for readiness or health take the places of those who do not. */
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
  readonly rank: number
  readonly firstAt: number
  asked: number
  lastAt: number
  lastStatus: number
  serverState: ServerState | undefined
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
  #told: ToldProbers | undefined
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
    const name = nameOf(prober)
    const entry = this.#entryOf(prober, name, routes, now)
    if (routes) this.#told?.note(printable(name), entry?.isTrusted ?? false, now)
    if (entry === undefined) {
      this.#others += 1
      if (routes) this.#othersRoutedAt = now
      return
    }
    entry.asked += 1
    entry.lastAt = now
    entry.lastStatus = status
    if (routes && this.#onHeard !== undefined && this.#haveAllHeard(now)) this.#onHeard()
  }

  /** @param onHeard called when all who route here are trusted, and have taken this instance out. */
  beginLeaving(onHeard?: () => void): void {
    this.#told = new ToldProbers()
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
    return this.#told?.records() ?? []
  }

  #entryOf(prober: RequestProber, name: string, routes: boolean, now: number): Entry | undefined {
    const isTrusted = !this.#trusted.isEmpty && this.#trusted.has(prober.address)
    const serverState = isTrusted ? readServerState(prober.header('x-haproxy-server-state')) : undefined
    // One HAProxy asks for each of its backends, and several may call themselves the same.
    const asWhom = serverState && `${prober.address} ${serverState.node} ${serverState.name}`
    const key = asWhom ?? name
    const index = this.#index[prober.kind]
    let entry = index.get(key)
    if (entry === undefined) {
      const rank = (isTrusted ? 2 : 0) + (routes ? 1 : 0)
      if (this.#entries.size >= MOST_PROBERS && !this.#makeRoom(rank, now)) return undefined
      entry = {
        key,
        prober: printable(name),
        kind: prober.kind,
        isTrusted,
        routes,
        rank,
        firstAt: now,
        asked: 0,
        lastAt: now,
        lastStatus: 0,
        serverState,
      }
      this.#entries.add(entry)
      index.set(key, entry)
      this.#refresh(now)
    }
    if (serverState !== undefined) entry.serverState = serverState
    return entry
  }

  /** Whoever is trusted comes first, then whoever routes; among the same, only who has gone makes room. */
  #makeRoom(rank: number, now: number): boolean {
    let least: Entry | undefined
    let leastRank = rank
    for (const entry of this.#entries) {
      const entryRank = now - entry.lastAt > FORGOTTEN_AFTER_MS ? -1 : entry.rank
      if (entryRank > leastRank || (entryRank === leastRank && entry.lastAt >= (least?.lastAt ?? -Infinity))) continue
      least = entry
      leastRank = entryRank
    }
    if (least === undefined) return false
    if (least.routes) this.#othersRoutedAt = Math.max(this.#othersRoutedAt ?? -Infinity, least.lastAt)
    this.#index[least.kind].delete(least.key)
    return this.#entries.delete(least)
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

function nameOf({ userAgent, address }: RequestProber): string {
  const said = userAgent ?? address ?? 'unknown'
  return said.length > LONGEST_NAME ? said.slice(0, LONGEST_NAME) : said
}

function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?')
}
