import type { GraphNode } from './graph.ts'

export interface Box {
  readonly node: GraphNode
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Line {
  readonly from: GraphNode
  readonly to: GraphNode
  /** As the `d` of an SVG path. */
  readonly path: string
  /** Where its arrowhead is; it always points to the right. */
  readonly tip: { readonly x: number; readonly y: number }
}

/** A graph with a place for everything in it, in pixels. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
}
