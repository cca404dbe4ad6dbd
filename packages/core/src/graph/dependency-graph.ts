import { edgesOf } from './graph-faults.ts'
import type { GraphNode } from './graph-faults.ts'
import { unknownDependency } from './unknown-dependency.ts'

/** Who needs whom. Made once; every answer is known from then on. */
export interface DependencyGraph {
  /** As they were given. */
  readonly names: readonly string[]
  /** One that they can be warmed in: each after everything it depends on, else as they were given. Closing reverses it. */
  readonly order: readonly string[]
  /** What `name` needs itself, not through others. */
  dependenciesOf(name: string): readonly string[]
  /** Who needs `name` itself, not through others. */
  dependentsOf(name: string): readonly string[]
  /**
   * How many rounds of closing are left when `name` is to be closed: itself, and the longest chain of dependencies
   * beneath it, as closing goes from dependents down to what they depend on.
   */
  levelsToClose(name: string): number
  /**
   * The failing dependency deepest beneath `name`, whether what lies between fails or not; the first given among
   * equally deep ones. `undefined` when nothing beneath it fails: then `name` is its own cause.
   */
  rootCauseOf(name: string, isFailing: (name: string) => boolean): string | undefined
}

interface Vertex {
  readonly dependencies: readonly string[]
  readonly dependents: readonly string[]
  readonly levels: number
  /** Everything it needs, also through others, the deepest first. */
  readonly beneath: readonly string[]
}

/**
 * Takes a list in which `graphFaults` finds nothing. The graph's own functions throw `TIDEGATE_UNKNOWN_DEPENDENCY` for
 * a name that is not in it.
 */
export function createDependencyGraph(dependencies: readonly GraphNode[]): DependencyGraph {
  const names = Object.freeze(dependencies.map((dependency) => dependency.name))
  const edges = new Map(dependencies.map((dependency) => [dependency.name, Object.freeze(edgesOf(dependency))]))
  const order = Object.freeze(warmUpOrder(names, edges))
  const vertices = new Map(names.map((name) => [name, toVertex(name, { names, edges, order })]))

  function vertex(name: string): Vertex {
    const found = vertices.get(name)
    if (found !== undefined) return found
    throw unknownDependency(name, names)
  }

  return Object.freeze({
    names,
    order,
    dependenciesOf: (name: string) => vertex(name).dependencies,
    dependentsOf: (name: string) => vertex(name).dependents,
    levelsToClose: (name: string) => vertex(name).levels,
    rootCauseOf: (name: string, isFailing: (name: string) => boolean) => vertex(name).beneath.find(isFailing),
  })
}

type Edges = ReadonlyMap<string, readonly string[]>

function warmUpOrder(names: readonly string[], edges: Edges): string[] {
  const order = new Set<string>()
  function place(name: string): void {
    if (order.has(name)) return
    for (const dependency of edges.get(name) ?? []) place(dependency)
    order.add(name)
  }
  names.forEach(place)
  return [...order]
}

interface Known {
  readonly names: readonly string[]
  readonly edges: Edges
  readonly order: readonly string[]
}

function toVertex(name: string, { names, edges, order }: Known): Vertex {
  const depths = depthsBeneath(name, edges, order)
  const depthOf = (other: string) => depths.get(other) ?? 0
  return {
    dependencies: edges.get(name) ?? [],
    dependents: Object.freeze(names.filter((other) => edges.get(other)?.includes(name))),
    levels: Math.max(...depths.values()) + 1,
    beneath: names.filter((other) => depthOf(other) > 0).toSorted((a, b) => depthOf(b) - depthOf(a)),
  }
}

/** How many edges the longest way from `top` down to each of its dependencies has; 0 for itself. */
function depthsBeneath(top: string, edges: Edges, order: readonly string[]): ReadonlyMap<string, number> {
  const depths = new Map([[top, 0]])
  // Dependents before what they depend on, so that a depth is final before it is handed down.
  for (const name of order.toReversed()) {
    const depth = depths.get(name)
    if (depth === undefined) continue
    for (const dependency of edges.get(name) ?? []) {
      depths.set(dependency, Math.max(depths.get(dependency) ?? 0, depth + 1))
    }
  }
  return depths
}
