import type { ResolvedProbePaths } from '../options/resolved-options.ts'

/** What is asked; the docs of `ProbePaths` say of each what it means. */
export type ProbeKind = keyof ResolvedProbePaths

/** Which probe a request asks for, and of which dependency if not of the whole. */
export interface ProbeTarget {
  readonly kind: ProbeKind
  readonly dependency?: string
}

interface Route {
  readonly path: string
  readonly target: ProbeTarget
}

const SLASH = 47
const QUERY = 63
const FRAGMENT = 35
/** Stands for the end of the URL in {@link ProbeRoutes.#possible}. */
const END = 0

/**
 * Tells probes from the application's requests. Every request of the application passes here, so that nearly all of them
 * are turned away by looking at one character, and nothing is allocated for those that are.
 */
export class ProbeRoutes {
  /** The longest first: `/health/live` is not the dependency `live` of `/health`. */
  readonly #routes: readonly Route[]
  /** How many characters all paths have in common. */
  readonly #shared: number
  /** Whether a probe's URL can go on with this character after the shared ones. */
  readonly #possible = new Uint8Array(128)

  constructor(paths: ResolvedProbePaths) {
    this.#routes = toRoutes(paths)
    this.#shared = sharedLength(this.#routes.map(({ path }) => path))
    for (const { path } of this.#routes) {
      if (path.length > this.#shared) this.#possible[path.charCodeAt(this.#shared)] = 1
      else for (const code of [END, SLASH, QUERY, FRAGMENT]) this.#possible[code] = 1
    }
  }

  /** Takes the request line's target as it came: with a query, a slash at the end, or in absolute form. */
  match(url: string): ProbeTarget | undefined {
    const start = url.charCodeAt(0) === SLASH ? 0 : originLength(url)
    const at = start + this.#shared
    // A character beyond the table gives `undefined`.
    if (this.#possible[at < url.length ? url.charCodeAt(at) : END] !== 1) return undefined
    for (const route of this.#routes) {
      const target = matchRoute(route, url, start)
      if (target !== undefined) return target
    }
    return undefined
  }
}

function toRoutes(paths: ResolvedProbePaths): readonly Route[] {
  const routes = (['live', 'ready', 'startup', 'health'] as const).flatMap((kind) => {
    const path = paths[kind]
    return path === false ? [] : [{ path, target: Object.freeze({ kind }) }]
  })
  return routes.toSorted((a, b) => b.path.length - a.path.length)
}

function sharedLength(paths: readonly string[]): number {
  const [first = '', ...others] = paths
  let length = 0
  while (length < first.length && others.every((path) => path[length] === first[length])) length += 1
  return length
}

/** The length of `http://host`, which HTTP/1.1 clients send to a proxy and servers have to accept; 0 if there is none. */
function originLength(url: string): number {
  if (!url.startsWith('http://') && !url.startsWith('https://')) return 0
  const path = url.indexOf('/', 'https://'.length)
  return path === -1 ? 0 : path
}

function matchRoute({ path, target }: Route, url: string, start: number): ProbeTarget | undefined {
  if (!url.startsWith(path, start)) return undefined
  const end = start + path.length
  if (endsAt(url, end)) return target
  if (url.charCodeAt(end) !== SLASH) return undefined
  if (endsAt(url, end + 1)) return target
  return target.kind === 'startup' ? undefined : dependencyTarget(target.kind, url, end + 1)
}

/** `/healthz/postgres`, `/healthz/postgres/?x`; what has more segments is the application's. */
function dependencyTarget(kind: ProbeKind, url: string, start: number): ProbeTarget | undefined {
  let end = start
  while (!endsAt(url, end) && url.charCodeAt(end) !== SLASH) end += 1
  if (end === start || (!endsAt(url, end) && !endsAt(url, end + 1))) return undefined
  return { kind, dependency: url.slice(start, end) }
}

function endsAt(url: string, index: number): boolean {
  if (index >= url.length) return true
  const code = url.charCodeAt(index)
  return code === QUERY || code === FRAGMENT
}

/** Whether the answer decides where requests go. */
export function isForRouting({ kind, dependency }: ProbeTarget): boolean {
  return dependency === undefined && (kind === 'ready' || kind === 'health')
}
