import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createDependencyGraph } from '../../src/graph/dependency-graph.ts'
import { acyclicGraph, reaches } from './graphs.ts'

/** A shop: pages need the catalog and sessions, the catalog needs postgres through a replica, sessions need redis. */
const SHOP = [
  { name: 'pages', dependsOn: ['catalog', 'sessions'] },
  { name: 'catalog', dependsOn: ['replica'] },
  { name: 'postgres' },
  { name: 'replica', dependsOn: ['postgres'] },
  { name: 'sessions', dependsOn: ['redis', 'redis'] },
  { name: 'redis' },
]

describe('the graph of a shop', () => {
  const graph = createDependencyGraph(SHOP)

  test('keeps the names as they were given', () => {
    expect(graph.names).toEqual(['pages', 'catalog', 'postgres', 'replica', 'sessions', 'redis'])
  })

  test('warms each after everything it depends on', () => {
    expect(graph.order).toEqual(['postgres', 'replica', 'catalog', 'redis', 'sessions', 'pages'])
  })

  test('knows who needs whom, one step down and one step up', () => {
    expect(graph.dependenciesOf('pages')).toEqual(['catalog', 'sessions'])
    expect(graph.dependenciesOf('sessions')).toEqual(['redis'])
    expect(graph.dependenciesOf('redis')).toEqual([])
    expect(graph.dependentsOf('replica')).toEqual(['catalog'])
    expect(graph.dependentsOf('pages')).toEqual([])
  })

  test('counts the rounds of closing from each to the bottom', () => {
    expect(graph.names.map((name) => graph.levelsToClose(name))).toEqual([4, 3, 1, 2, 2, 1])
  })

  test.each<[name: string, failing: string[], cause: string | undefined, why: string]>([
    ['pages', ['pages', 'catalog', 'postgres'], 'postgres', 'the deepest'],
    ['pages', ['pages', 'postgres'], 'postgres', 'also beneath healthy ones'],
    ['pages', ['catalog', 'sessions'], 'catalog', 'the first of equally deep ones'],
    ['pages', ['pages', 'redis', 'replica'], 'replica', 'the first of equally deep ones'],
    ['catalog', ['catalog', 'redis'], undefined, 'none that it does not need'],
    ['postgres', ['postgres', 'pages'], undefined, 'never itself, nor what needs it'],
  ])('blames for %s, while %j fail, %s: %s', (name, failing, cause) => {
    expect(graph.rootCauseOf(name, (other) => failing.includes(other))).toBe(cause)
  })

  test('throws for a name that it does not have', () => {
    expect(() => graph.levelsToClose('kafka')).toThrow(
      expect.objectContaining({ code: 'TIDEGATE_UNKNOWN_DEPENDENCY', message: expect.stringContaining('"kafka"') }),
    )
  })
})

test('the longest way down counts, also where a shorter one leads to the same place', () => {
  const graph = createDependencyGraph([
    { name: 'top', dependsOn: ['short', 'long-1'] },
    { name: 'short', dependsOn: ['bottom'] },
    { name: 'long-1', dependsOn: ['long-2'] },
    { name: 'long-2', dependsOn: ['bottom'] },
    { name: 'bottom' },
  ])
  expect(graph.levelsToClose('top')).toBe(4)
  expect(graph.rootCauseOf('top', (name) => name === 'bottom' || name === 'long-2')).toBe('bottom')
})

test('a graph of nothing is empty', () => {
  expect(createDependencyGraph([])).toMatchObject({ names: [], order: [] })
})

describe('any graph', () => {
  test('warms everything once, after what it depends on', () => {
    fc.assert(
      fc.property(acyclicGraph(), (nodes) => {
        const { names, order } = createDependencyGraph(nodes)
        expect(order.toSorted()).toEqual(names.toSorted())
        for (const { name, dependsOn } of nodes) {
          for (const target of dependsOn ?? []) expect(order.indexOf(target)).toBeLessThan(order.indexOf(name))
        }
      }),
    )
  })

  test('closes in as many levels as its longest chain has', () => {
    fc.assert(
      fc.property(acyclicGraph(), (nodes) => {
        const graph = createDependencyGraph(nodes)
        for (const name of graph.names) {
          const beneath = graph.dependenciesOf(name).map((dependency) => graph.levelsToClose(dependency))
          expect(graph.levelsToClose(name)).toBe(1 + Math.max(0, ...beneath))
        }
      }),
    )
  })

  test('is the same read from both ends', () => {
    fc.assert(
      fc.property(acyclicGraph(), (nodes) => {
        const graph = createDependencyGraph(nodes)
        const down = graph.names.flatMap((name) => graph.dependenciesOf(name).map((to) => `${name} ${to}`))
        const up = graph.names.flatMap((name) => graph.dependentsOf(name).map((from) => `${from} ${name}`))
        expect(up.toSorted()).toEqual(down.toSorted())
      }),
    )
  })

  test('blames what fails beneath, with nothing failing beneath that; and nobody only when nothing does', () => {
    fc.assert(
      fc.property(acyclicGraph(), fc.infiniteStream(fc.boolean()), (nodes, coins) => {
        const graph = createDependencyGraph(nodes)
        const failing = new Set(graph.names.filter(() => coins.next().value))
        for (const name of graph.names) {
          const beneath = graph.names.filter((other) => failing.has(other) && reaches(nodes, name, other))
          const cause = graph.rootCauseOf(name, (other) => failing.has(other))
          expect(beneath.length === 0 ? [undefined] : beneath).toContain(cause)
          expect(beneath.filter((other) => cause !== undefined && reaches(nodes, cause, other))).toEqual([])
        }
      }),
    )
  })
})
