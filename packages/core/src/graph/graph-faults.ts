import { nearestName } from '../options/nearest-name.ts'

/** What the graph needs to know of a dependency. */
export interface GraphNode {
  readonly name: string
  /** Default `true`. */
  readonly critical?: boolean | undefined
  readonly dependsOn?: readonly string[] | undefined
}

/** Why a list of dependencies is no graph that can be warmed and closed in order. */
export interface GraphFault {
  /** Where in the list. */
  readonly index: number
  readonly field: 'name' | 'dependsOn'
  readonly message: string
}

/** Judges names and edges together. A list without faults is what `createDependencyGraph` takes. */
export function graphFaults(nodes: readonly GraphNode[]): readonly GraphFault[] {
  return [...duplicateNames(nodes), ...unknownNames(nodes), ...cycles(nodes), ...criticalOnNonCritical(nodes)]
}

function duplicateNames(nodes: readonly GraphNode[]): GraphFault[] {
  return nodes.flatMap(({ name }, index): GraphFault[] => {
    if (nodes.findIndex((node) => node.name === name) === index) return []
    return [{ index, field: 'name', message: `"${name}" is the name of another dependency already; give each its own` }]
  })
}

function unknownNames(nodes: readonly GraphNode[]): GraphFault[] {
  const names = nodes.map((node) => node.name)
  return nodes.flatMap((node, index) =>
    edgesOf(node)
      .filter((target) => !names.includes(target))
      .map((target): GraphFault => {
        const others = names.filter((name) => name !== node.name)
        const nearest = nearestName(target, others)
        const known = others.length === 0 ? 'there is no other' : `there are ${others.join(', ')}`
        const advice = nearest === undefined ? known : `did you mean "${nearest}"?`
        return { index, field: 'dependsOn', message: `no dependency is named "${target}"; ${advice}` }
      }),
  )
}

/**
 * Follows the edges in the order they were written and reports each one that leads back to where it came from. Cycles
 * may share edges, so there can be more of them than lines; but none is left once one edge of each line is removed.
 */
function cycles(nodes: readonly GraphNode[]): GraphFault[] {
  const byName = new Map(nodes.map((node, index) => [node.name, { node, index }]))
  const finished = new Set<string>()
  const path: string[] = []
  const faults: GraphFault[] = []

  function visit(name: string): void {
    const found = byName.get(name)
    if (found === undefined || finished.has(name)) return
    const start = path.indexOf(name)
    if (start !== -1) {
      const printed = [...path.slice(start), name].join(' -> ')
      faults.push({
        index: found.index,
        field: 'dependsOn',
        message: `goes round in a circle: ${printed}; remove one of these`,
      })
      return
    }
    path.push(name)
    for (const target of edgesOf(found.node)) visit(target)
    path.pop()
    finished.add(name)
  }

  for (const { name } of nodes) visit(name)
  return faults
}

function criticalOnNonCritical(nodes: readonly GraphNode[]): GraphFault[] {
  const nonCritical = new Set(nodes.filter((node) => node.critical === false).map((node) => node.name))
  return nodes.flatMap((node, index) => {
    if (node.critical === false) return []
    return edgesOf(node)
      .filter((target) => nonCritical.has(target))
      .map((target): GraphFault => {
        const reason = `"${node.name}" is critical but needs "${target}", which is not`
        return {
          index,
          field: 'dependsOn',
          message: `${reason}; set critical: false on "${node.name}", or make "${target}" critical`,
        }
      })
  })
}

/** Each edge once, however often it is written. */
export function edgesOf(node: GraphNode): readonly string[] {
  return [...new Set(node.dependsOn)]
}
