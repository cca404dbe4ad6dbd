import { SERVICE } from './graph.ts'
import type { Graph, GraphNode } from './graph.ts'
import type { Box, Line, Picture } from './picture.ts'

const NODE_HEIGHT = 54
const ROW = 66
const MARGIN = 6
const LANE = 14
/** Lanes come closer together before they take more room than this. */
const MOST_LANES_WIDTH = 98
const CORNER = 7
const ARROW_ROOM = 14

/**
 * One node below the other, full width, with the edges in lanes at their left: all edges to the same node share a lane, and
 * so do all edges of the service. Fits any width and any depth: for narrow screens, and for graphs that are too deep.
 */
export function lanePicture({ nodes }: Graph, width: number): Picture {
  const rows = new Map(nodes.map(({ name }, row) => [name, row]))
  const lanes = assignLanes(nodes, rows)
  const laneCount = Math.max(0, ...lanes.values()) + 1
  const spacing = Math.min(LANE, MOST_LANES_WIDTH / laneCount)
  const left = MARGIN + laneCount * spacing + ARROW_ROOM
  const box = (node: GraphNode): Box => ({
    node,
    x: left,
    y: MARGIN + (rows.get(node.name) ?? 0) * ROW,
    width: width - left - MARGIN,
    height: NODE_HEIGHT,
  })
  const boxes = new Map(nodes.map((node) => [node.name, box(node)]))
  return {
    width,
    height: 2 * MARGIN + (nodes.length - 1) * ROW + NODE_HEIGHT,
    boxes: [...boxes.values()],
    lines: [...boxes.values()].flatMap((from) =>
      from.node.needs.flatMap((name) => {
        const to = boxes.get(name)
        return to === undefined ? [] : [route(from, to)]
      }),
    ),
  }

  function route(from: Box, to: Box): Line {
    const lane = lanes.get(laneOf(from.node, to.node.name)) ?? 0
    const x = round(left - ARROW_ROOM - (lane + 0.5) * spacing)
    const start = from.y + NODE_HEIGHT * 0.68
    const end = to.y + NODE_HEIGHT * 0.38
    const corner = Math.min(CORNER, left - x)
    return {
      from: from.node,
      to: to.node,
      path:
        `M${round(left)} ${round(start)}H${round(x + corner)}Q${x} ${round(start)} ${x} ${round(start + corner)}` +
        `V${round(end - corner)}Q${x} ${round(end)} ${round(x + corner)} ${round(end)}H${round(left)}`,
      tip: { x: round(left), y: round(end) },
    }
  }
}

function laneOf(from: GraphNode, to: string): string {
  return from.name === SERVICE ? SERVICE : to
}

/** The shortest next to the nodes; two lanes share a place when they do not meet. */
function assignLanes(nodes: readonly GraphNode[], rows: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const spans = new Map<string, { from: number; to: number }>()
  for (const node of nodes) {
    for (const name of node.needs) {
      const [from, to] = [rows.get(node.name) ?? 0, rows.get(name) ?? 0]
      const lane = laneOf(node, name)
      const span = spans.get(lane) ?? { from, to }
      spans.set(lane, { from: Math.min(span.from, from), to: Math.max(span.to, to) })
    }
  }
  const lanes = new Map<string, number>()
  const taken: { from: number; to: number }[][] = []
  const shortestFirst = [...spans].toSorted(([, a], [, b]) => a.to - a.from - (b.to - b.from))
  for (const [lane, span] of shortestFirst) {
    let place = taken.findIndex((others) => others.every((other) => span.to < other.from || span.from > other.to))
    if (place === -1) place = taken.push([]) - 1
    taken[place]?.push(span)
    lanes.set(lane, place)
  }
  return lanes
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
