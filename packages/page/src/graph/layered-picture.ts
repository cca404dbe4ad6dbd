import { SERVICE } from './graph.ts'
import type { Graph } from './graph.ts'
import { nodeWidth } from './node-label.ts'
import { orderLayers } from './order-layers.ts'
import type { Slot } from './order-layers.ts'
import type { Box, Line, Picture } from './picture.ts'

const NODE_HEIGHT = 54
/** An edge that only passes needs less room. */
const PASSING_HEIGHT = 14
const GAP = 16
const COLUMN_GAP = 64
const MARGIN = 6
const PASSES = 8

/** The graph from left to right: the service first, what it needs to the right of it, and so on. For wide screens. */
export function layeredPicture({ nodes }: Graph, serviceName: string): Picture {
  const layers = orderLayers(nodes)
  const tops = placeRows(layers)
  const boxes = new Map<Slot, Box>()
  const columns: { readonly left: number; readonly right: number }[] = []
  let left = MARGIN
  for (const layer of layers) {
    const width = Math.max(
      0,
      ...layer.flatMap(({ node }) =>
        node === undefined ? [] : [nodeWidth(node, node.name === SERVICE ? serviceName : node.name)],
      ),
    )
    for (const slot of layer) {
      const { node } = slot
      if (node !== undefined) boxes.set(slot, { node, x: left, y: tops.get(slot) ?? 0, width, height: NODE_HEIGHT })
    }
    columns.push({ left, right: left + width })
    left += width + COLUMN_GAP
  }
  const middle = (slot: Slot): number => (tops.get(slot) ?? 0) + heightOf(slot) / 2
  return {
    width: left - COLUMN_GAP + MARGIN,
    height: Math.max(...[...tops].map(([slot, top]) => top + heightOf(slot))) + MARGIN,
    boxes: [...boxes.values()],
    lines: layers.flatMap((layer, index) =>
      layer.flatMap((slot) => (slot.node === undefined ? [] : slot.below.map((next) => route(slot, next, index)))),
    ),
  }

  function route(start: Slot, first: Slot, index: number): Line {
    let slot = first
    let column = index + 1
    let path = `M${columns[index]?.right ?? 0} ${round(middle(start))}`
    let from = { x: columns[index]?.right ?? 0, y: middle(start) }
    for (;;) {
      const { left: x, right } = columns[column] ?? { left: 0, right: 0 }
      const y = middle(slot)
      const bend = (from.x + x) / 2
      path += `C${round(bend)} ${round(from.y)} ${round(bend)} ${round(y)} ${x} ${round(y)}`
      const [next] = slot.below
      if (slot.node !== undefined || next === undefined) {
        return { from: start.node as Box['node'], to: slot.node as Box['node'], path, tip: { x, y: round(y) } }
      }
      path += `H${right}`
      from = { x: right, y }
      slot = next
      column += 1
    }
  }
}

/** Where each slot begins: beside its neighbours, as far as those in its own layer leave room. */
function placeRows(layers: readonly (readonly Slot[])[]): ReadonlyMap<Slot, number> {
  const tops = new Map<Slot, number>()
  for (const layer of layers) stack(layer, tops, () => 0)
  for (let pass = 0; pass < PASSES; pass += 1) {
    const isDown = pass % 2 === 0
    for (const layer of isDown ? layers : layers.toReversed()) {
      stack(layer, tops, (slot) => meanMiddle(isDown ? slot.above : slot.below, tops) ?? middleOf(slot, tops))
    }
  }
  const highest = Math.min(...tops.values())
  return new Map([...tops].map(([slot, top]) => [slot, top - highest + MARGIN]))
}

/**
 * Puts the slots of one layer as near to where they want their middles as their order allows: slots that would overlap
 * become one block, which goes where its members want to be on average.
 */
function stack(layer: readonly Slot[], tops: Map<Slot, number>, wantedMiddle: (slot: Slot) => number): void {
  interface Block {
    slots: { slot: Slot; offset: number }[]
    /** Of the block's top, over all of its members. */
    wanted: number
    height: number
  }
  const blocks: Block[] = []
  for (const slot of layer) {
    let block: Block = {
      slots: [{ slot, offset: 0 }],
      wanted: wantedMiddle(slot) - heightOf(slot) / 2,
      height: heightOf(slot),
    }
    for (
      let before = blocks.at(-1);
      before && before.wanted + before.height + GAP > block.wanted;
      before = blocks.at(-1)
    ) {
      blocks.pop()
      block = merge(before, block)
    }
    blocks.push(block)
  }
  for (const { slots, wanted } of blocks) for (const { slot, offset } of slots) tops.set(slot, wanted + offset)

  function merge(before: Block, after: Block): Block {
    const shift = before.height + GAP
    const [a, b] = [before.slots.length, after.slots.length]
    return {
      slots: [...before.slots, ...after.slots.map(({ slot, offset }) => ({ slot, offset: offset + shift }))],
      wanted: (before.wanted * a + (after.wanted - shift) * b) / (a + b),
      height: shift + after.height,
    }
  }
}

function heightOf({ node }: Slot): number {
  return node === undefined ? PASSING_HEIGHT : NODE_HEIGHT
}

function middleOf(slot: Slot, tops: ReadonlyMap<Slot, number>): number {
  return (tops.get(slot) ?? 0) + heightOf(slot) / 2
}

function meanMiddle(slots: readonly Slot[], tops: ReadonlyMap<Slot, number>): number | undefined {
  if (slots.length === 0) return undefined
  return slots.reduce((sum, slot) => sum + middleOf(slot, tops), 0) / slots.length
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
