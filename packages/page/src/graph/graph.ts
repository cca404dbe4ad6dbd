import type { DependencyReport, HealthReport } from '@tidegate/core'

import { shownState } from '../shown-state.ts'
import type { ShownState } from '../shown-state.ts'

/** The service itself; no dependency can be called so. */
export const SERVICE = ''

export interface GraphNode {
  /** A dependency's name, or {@link SERVICE}. */
  readonly name: string
  /** Names of nodes that it needs, each of them in the graph. */
  readonly needs: readonly string[]
  /** Absent for the service. */
  readonly dependency?: { readonly report: DependencyReport; readonly state: ShownState }
}

/** What needs what. A node comes before everything it needs. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  /** Dependencies left out of it. */
  readonly hidden: number
}

/** More would not be seen as a picture any more. */
export const MOST_NODES = 30
/** Of those that pass, and that nothing but the service has to do with. */
export const MOST_ALONE = 8
const LAST_RANK = 4

type Dependencies = HealthReport['dependencies']

/** The graph of the dependencies below the service; of a big one, what does not pass and what that hangs together with. */
export function toGraph(health: HealthReport): Graph {
  const { dependencies } = health
  const shown = new Map(Object.entries(pick(dependencies)))
  const needed = new Set([...shown.values()].flatMap(({ dependsOn }) => dependsOn))
  const nodes: GraphNode[] = [...shown].map(([name, report]) => ({
    name,
    dependency: { report, state: shownState(name, health) },
    needs: report.dependsOn.filter((below) => shown.has(below)),
  }))
  const service = { name: SERVICE, needs: [...shown.keys()].filter((name) => !needed.has(name)) }
  return {
    nodes: sortByNeed([service, ...nodes]),
    hidden: Object.keys(dependencies).length - shown.size,
  }
}

function pick(dependencies: Dependencies): Dependencies {
  const entries = Object.entries(dependencies)
  const troubled = new Set(entries.filter(([, { status }]) => status !== 'pass').map(([name]) => name))
  const tied = new Set(entries.flatMap(([name, { dependsOn }]) => (dependsOn.length > 0 ? [name, ...dependsOn] : [])))
  const nearTrouble = new Set([...troubled].flatMap((name) => dependencies[name]?.dependsOn ?? []))
  const rank = ([name, { status, dependsOn }]: (typeof entries)[number]): number => {
    if (status !== 'pass') return status === 'fail' ? 0 : 1
    if (nearTrouble.has(name) || dependsOn.some((below) => troubled.has(below))) return 2
    return tied.has(name) ? 3 : LAST_RANK
  }
  const ranked = entries.map((entry) => ({ entry, rank: rank(entry) })).toSorted((a, b) => a.rank - b.rank)
  const alone = ranked.findIndex((one) => one.rank === LAST_RANK)
  const most = alone === -1 ? MOST_NODES : Math.min(MOST_NODES, alone + MOST_ALONE)
  const chosen = new Set(ranked.slice(0, most).map(({ entry }) => entry))
  // In their own order: the picture must stay as it is while statuses change.
  return Object.fromEntries(entries.filter((entry) => chosen.has(entry)))
}

function sortByNeed(nodes: readonly GraphNode[]): GraphNode[] {
  const layers = layersOf(nodes)
  return nodes.toSorted((a, b) => (layers.get(a.name) ?? 0) - (layers.get(b.name) ?? 0))
}

/** How many steps the longest way from the top to each node has. */
export function layersOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const above = new Map<string, string[]>(nodes.map(({ name }) => [name, []]))
  for (const { name, needs } of nodes) for (const below of needs) above.get(below)?.push(name)
  const layers = new Map<string, number>()
  const layerOf = (name: string): number => {
    const known = layers.get(name)
    if (known !== undefined) return known
    const layer = Math.max(-1, ...(above.get(name) ?? []).map(layerOf)) + 1
    layers.set(name, layer)
    return layer
  }
  for (const { name } of nodes) layerOf(name)
  return layers
}
