import { layersOf } from './graph.ts'
import type { GraphNode } from './graph.ts'

/** A node, or a place where an edge passes a layer on its way to one further down. */
export interface Slot {
  /** Absent where only an edge passes. */
  readonly node: GraphNode | undefined
  readonly above: Slot[]
  readonly below: Slot[]
}

const SWEEPS = 6

/** The nodes in layers, each below everything that needs it, ordered so that few edges cross. */
export function orderLayers(nodes: readonly GraphNode[]): readonly (readonly Slot[])[] {
  let layers = toSlots(nodes)
  let best = layers
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    layers = sweep % 2 === 0 ? sortDown(layers) : sortUp(layers)
    if (crossings(layers) < crossings(best)) best = layers
  }
  return best
}

function toSlots(nodes: readonly GraphNode[]): Slot[][] {
  const layerOf = layersOf(nodes)
  const slots = new Map<string, Slot>(nodes.map((node) => [node.name, { node, above: [], below: [] }]))
  const layers: Slot[][] = Array.from({ length: Math.max(...layerOf.values()) + 1 }, () => [])
  for (const { name } of nodes) {
    const slot = slots.get(name)
    if (slot !== undefined) layers[layerOf.get(name) ?? 0]?.push(slot)
  }
  for (const { name, needs } of nodes) {
    for (const below of needs) {
      let from = slots.get(name)
      const to = slots.get(below)
      if (from === undefined || to === undefined) continue
      for (let layer = (layerOf.get(name) ?? 0) + 1; layer < (layerOf.get(below) ?? 0); layer += 1) {
        const passing: Slot = { node: undefined, above: [], below: [] }
        layers[layer]?.push(passing)
        from = join(from, passing)
      }
      join(from, to)
    }
  }
  return layers
}

function join(from: Slot, to: Slot): Slot {
  from.below.push(to)
  to.above.push(from)
  return to
}

function sortDown(layers: readonly (readonly Slot[])[]): Slot[][] {
  const sorted: Slot[][] = []
  for (const layer of layers) sorted.push(sortBy(layer, sorted.at(-1) ?? [], ({ above }) => above))
  return sorted
}

function sortUp(layers: readonly (readonly Slot[])[]): Slot[][] {
  const sorted: Slot[][] = []
  for (const layer of layers.toReversed()) sorted.unshift(sortBy(layer, sorted[0] ?? [], ({ below }) => below))
  return sorted
}

/** Each slot goes where its neighbours are on average; one without neighbours stays. */
function sortBy(layer: readonly Slot[], next: readonly Slot[], neighbours: (slot: Slot) => readonly Slot[]): Slot[] {
  const places = new Map(next.map((slot, index) => [slot, index]))
  const wanted = new Map(
    layer.map((slot, index) => {
      const around = neighbours(slot).map((neighbour) => places.get(neighbour) ?? 0)
      return [slot, around.length === 0 ? index : around.reduce((sum, place) => sum + place, 0) / around.length]
    }),
  )
  return layer.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
}

/** How many pairs of edges between neighbouring layers cross. */
export function crossings(layers: readonly (readonly Slot[])[]): number {
  let sum = 0
  for (const [index, layer] of layers.entries()) {
    const places = new Map(layers[index + 1]?.map((slot, place) => [slot, place]))
    const edges = layer.flatMap(({ below }, from) => below.map((slot) => [from, places.get(slot) ?? 0] as const))
    for (const [from, to] of edges) {
      sum += edges.filter(([otherFrom, otherTo]) => otherFrom < from && otherTo > to).length
    }
  }
  return sum
}
