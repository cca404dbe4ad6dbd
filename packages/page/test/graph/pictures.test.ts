import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { toGraph } from '../../src/graph/graph.ts'
import { lanePicture } from '../../src/graph/lane-picture.ts'
import { layeredPicture } from '../../src/graph/layered-picture.ts'
import type { Box, Picture } from '../../src/graph/picture.ts'
import { needing } from '../support/view.ts'
import { anyReport } from './graphs.ts'

const NARROW = 310

function overlap(a: Box, b: Box): boolean {
  const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x
  const isAbove = a.y + a.height <= b.y || b.y + b.height <= a.y
  return !isBeside && !isAbove
}

function expectToBeWhole({ width, height, boxes, lines }: Picture, edges: number): void {
  for (const [index, box] of boxes.entries()) {
    expect(box.x).toBeGreaterThanOrEqual(0)
    expect(box.y).toBeGreaterThanOrEqual(0)
    expect(box.x + box.width).toBeLessThanOrEqual(width)
    expect(box.y + box.height).toBeLessThanOrEqual(height)
    for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false)
  }
  expect(lines).toHaveLength(edges)
  for (const { path, tip, to } of lines) {
    expect(path).not.toContain('NaN')
    const target = boxes.find(({ node }) => node === to)
    expect(tip.x).toBeCloseTo(target?.x ?? Number.NaN, 0)
    expect(tip.y).toBeGreaterThan(target?.y ?? Number.NaN)
    expect(tip.y).toBeLessThan((target?.y ?? 0) + (target?.height ?? 0))
  }
}

describe.each([
  ['in layers', (report) => layeredPicture(toGraph(report), 'shop')],
  ['in lanes', (report) => lanePicture(toGraph(report), NARROW)],
] satisfies [string, (report: ReturnType<typeof needing>) => Picture][])('a picture %s', (_, draw) => {
  it('has room for every box, none over another, and an arrow for every need', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { nodes } = toGraph(report)
        const picture = draw(report)
        expect(picture.boxes).toHaveLength(nodes.length)
        expectToBeWhole(
          picture,
          nodes.reduce((sum, { needs }) => sum + needs.length, 0),
        )
      }),
    )
  })
})

it('puts what is needed to the right of what needs it', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const { boxes, lines } = layeredPicture(toGraph(report), 'shop')
      const left = new Map(boxes.map(({ node, x }) => [node, x]))
      for (const { from, to } of lines) expect(left.get(to)).toBeGreaterThan(left.get(from) ?? Infinity)
    }),
  )
})

it('draws a chain as a straight line', () => {
  const { boxes } = layeredPicture(toGraph(needing({ a: ['b'], b: ['c'], c: [] })), 'shop')
  expect(new Set(boxes.map(({ y }) => y)).size).toBe(1)
})

it('leaves names room in lanes, however many there are', () => {
  const names = Array.from({ length: 28 }, (_, index) => `d${index}`)
  const needs = Object.fromEntries(names.map((name, index) => [name, names.slice(index + 1)]))
  const { boxes } = lanePicture(toGraph(needing(needs)), NARROW)
  for (const { width } of boxes) expect(width).toBeGreaterThan(170)
})
