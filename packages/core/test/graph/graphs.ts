import fc from 'fast-check'

import type { GraphNode } from '../../src/graph/graph-faults.ts'

/** Lists of dependencies that may need each other in any way, also in circles and themselves. */
export function anyGraph(): fc.Arbitrary<readonly GraphNode[]> {
  return fc.integer({ min: 1, max: 8 }).chain((size) => {
    const targets = fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 })
    return fc
      .array(targets, { minLength: size, maxLength: size })
      .map((edges) => edges.map((to, index) => ({ name: nameOf(index), dependsOn: to.map(nameOf) })))
  })
}

/** Lists without circles, in any order. */
export function acyclicGraph(): fc.Arbitrary<readonly GraphNode[]> {
  const nodes = Array.from({ length: 8 }, (_, index) =>
    fc.record({
      name: fc.constant(nameOf(index)),
      dependsOn: fc.subarray(Array.from({ length: index }, (__, to) => nameOf(to))),
    }),
  )
  return fc
    .tuple(fc.integer({ min: 1, max: nodes.length }), fc.tuple(...nodes))
    .chain(([size, all]) => fc.shuffledSubarray(all.slice(0, size), { minLength: size }))
}

/** Whether `from` needs `to` through one edge or more; by walking, to be sure of what the graph has worked out. */
export function reaches(nodes: readonly GraphNode[], from: string, to: string): boolean {
  const seen = new Set<string>()
  const next = [from]
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    for (const target of nodes.find((node) => node.name === name)?.dependsOn ?? []) {
      if (target === to) return true
      if (!seen.has(target)) next.push(target)
      seen.add(target)
    }
  }
  return false
}

function nameOf(index: number): string {
  return `d${index}`
}
