import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { describeGraph } from '../../src/graph/describe-graph.ts'
import { layersOf, MOST_ALONE, MOST_NODES, SERVICE, toGraph } from '../../src/graph/graph.ts'
import { crossings, orderLayers } from '../../src/graph/order-layers.ts'
import { dependencyReport, healthReport, needing } from '../support/view.ts'
import { anyReport } from './graphs.ts'

describe('the graph', () => {
  it('begins with the service, which needs what nothing else does', () => {
    const { nodes } = toGraph(needing({ postgres: [], catalog: ['postgres'], redis: [] }))

    expect(nodes[0]).toEqual({ name: SERVICE, needs: ['catalog', 'redis'] })
    expect(nodes.at(-1)?.name).toBe('postgres')
  })

  it('has every node before all that it needs', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const { nodes, hidden } = toGraph(report)
        const places = new Map(nodes.map(({ name }, index) => [name, index]))
        for (const { name, needs } of nodes) {
          for (const below of needs) expect(places.get(below)).toBeGreaterThan(places.get(name) ?? Infinity)
        }
        expect(nodes).toHaveLength(Object.keys(report.dependencies).length - hidden + 1)
      }),
    )
  })

  it('takes the names that every object has for names', () => {
    const { nodes } = toGraph(needing({ constructor: [], 'to-string': ['constructor'] }))
    expect(nodes.map(({ name }) => name)).toEqual([SERVICE, 'to-string', 'constructor'])
  })

  it('shows of a big one what fails and what hangs together with it, and says how many it leaves out', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`d${index}`, dependencyReport()]))
    const graph = toGraph(
      healthReport({
        dependencies: {
          ...many,
          catalog: dependencyReport({ dependsOn: ['postgres'] }),
          postgres: dependencyReport({ status: 'fail', dependsOn: ['network'] }),
          network: dependencyReport(),
        },
      }),
    )

    expect(graph.nodes).toHaveLength(1 + 3 + MOST_ALONE)
    expect(graph.hidden).toBe(100 - MOST_ALONE)
    const names = graph.nodes.map(({ name }) => name)
    for (const name of ['catalog', 'postgres', 'network']) expect(names).toContain(name)
  })

  it('keeps its order while statuses change', () => {
    const well = needing({ disk: [], catalog: ['postgres'], redis: [], postgres: [] })
    const redis = dependencyReport({ status: 'fail' })
    const ill = healthReport({ dependencies: { ...well.dependencies, redis } })
    const namesOf = (report: typeof well): string[] => toGraph(report).nodes.map(({ name }) => name)
    expect(namesOf(ill)).toEqual(namesOf(well))
  })

  it('never has more nodes than a picture can hold', () => {
    const names = Array.from({ length: 200 }, (_, index) => `d${index}`)
    const graph = toGraph(
      needing(Object.fromEntries(names.map((name, index) => [name, names.slice(index + 1, index + 2)]))),
    )
    expect(graph.nodes).toHaveLength(1 + MOST_NODES)
    expect(graph.hidden).toBe(200 - MOST_NODES)
  })

  it('is told in words, too', () => {
    const report = healthReport({
      dependencies: {
        postgres: dependencyReport({ status: 'fail', affects: ['catalog'] }),
        catalog: dependencyReport({ status: 'fail', dependsOn: ['postgres'], rootCause: 'postgres' }),
        redis: dependencyReport({ critical: false }),
      },
    })

    expect(describeGraph(toGraph(report), 'shop')).toBe(
      'What needs what. shop needs catalog and redis. catalog (fails) because of postgres needs postgres. redis (passes, not critical). postgres (root cause).',
    )
  })
})

describe('its layers', () => {
  it('are as many steps down as the longest way there', () => {
    const layers = layersOf(toGraph(needing({ a: ['b', 'c'], b: ['c'], c: [], d: ['c'] })).nodes)
    expect(Object.fromEntries(layers)).toEqual({ [SERVICE]: 0, a: 1, d: 1, b: 2, c: 3 })
  })

  it('are ordered so that edges that need not cross do not', () => {
    const { nodes } = toGraph(needing({ a: ['y'], b: ['x'], x: [], y: [] }))
    expect(crossings(orderLayers(nodes))).toBe(0)
  })

  it('counts crossings', () => {
    const [a, b, x, y] = Array.from({ length: 4 }, () => ({ node: undefined, above: [], below: [] as never[] }))
    const from = [
      { ...a, below: [y] },
      { ...b, below: [x] },
    ]
    expect(crossings([from, [x, y]] as never)).toBe(1)
  })
})
