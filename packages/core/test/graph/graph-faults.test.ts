import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { graphFaults } from '../../src/graph/graph-faults.ts'
import { acyclicGraph, anyGraph, reaches } from './graphs.ts'

const ROUND = /^goes round in a circle: (.*); remove one of these$/

describe('graphFaults', () => {
  test('finds none in a list whose parts may depend on later ones', () => {
    expect(graphFaults([{ name: 'b', dependsOn: ['a'] }, { name: 'a' }])).toEqual([])
  })

  test('names who has a name twice', () => {
    expect(graphFaults([{ name: 'a' }, { name: 'b' }, { name: 'a' }])).toMatchObject([{ index: 2, field: 'name' }])
  })

  test('lists the names there are when none is near', () => {
    expect(graphFaults([{ name: 'a', dependsOn: ['kafka'] }, { name: 'b' }, { name: 'c' }])).toEqual([
      { index: 0, field: 'dependsOn', message: 'no dependency is named "kafka"; there are b, c' },
    ])
  })

  test.each([
    [[{ name: 'a', dependsOn: ['a'] }], 'a -> a'],
    [[{ name: 'x' }, { name: 'a', dependsOn: ['x', 'b'] }, { name: 'b', dependsOn: ['a'] }], 'a -> b -> a'],
    [
      [
        { name: 'in', dependsOn: ['a'] },
        { name: 'a', dependsOn: ['b'] },
        { name: 'b', dependsOn: ['a'] },
      ],
      'a -> b -> a',
    ],
  ])('prints a circle from where it is entered: %j', (nodes, printed) => {
    expect(circlesIn(nodes)).toEqual([printed])
  })

  test('prints both circles that share a dependency', () => {
    const nodes = [
      { name: 'a', dependsOn: ['b', 'c'] },
      { name: 'b', dependsOn: ['a'] },
      { name: 'c', dependsOn: ['a'] },
    ]
    expect(circlesIn(nodes)).toEqual(['a -> b -> a', 'a -> c -> a'])
  })

  test('lets a non-critical one need anything, and a critical one only critical ones', () => {
    const nodes = [
      { name: 'redis', critical: false },
      { name: 'list', critical: false, dependsOn: ['redis', 'pg'] },
      { name: 'pg' },
      { name: 'catalog', dependsOn: ['pg', 'redis'] },
    ]
    expect(graphFaults(nodes)).toMatchObject([{ index: 3, field: 'dependsOn', message: /"catalog" .* "redis"/ }])
  })

  test('finds nothing wrong with any graph without circles', () => {
    fc.assert(
      fc.property(acyclicGraph(), (nodes) => {
        expect(graphFaults(nodes)).toEqual([])
      }),
    )
  })

  test('prints only real circles, and some of each: without the last edge of each line there are none', () => {
    fc.assert(
      fc.property(anyGraph(), (nodes) => {
        const circles = circlesIn(nodes).map((printed) => printed.split(' -> '))
        const isEdge = (from: string, to: string) =>
          nodes.some(({ name, dependsOn }) => name === from && dependsOn?.includes(to))
        const cut = new Set<string>()
        for (const circle of circles) {
          expect(circle.at(-1)).toBe(circle[0])
          for (const [index, from] of circle.slice(0, -1).entries())
            expect(isEdge(from, circle[index + 1] ?? '')).toBe(true)
          cut.add(circle.slice(-2).join())
        }
        const rest = nodes.map(({ name, dependsOn }) => ({
          name,
          dependsOn: dependsOn?.filter((target) => !cut.has(`${name},${target}`)),
        }))
        expect(rest.filter(({ name }) => reaches(rest, name, name))).toEqual([])
      }),
    )
  })
})

function circlesIn(nodes: Parameters<typeof graphFaults>[0]): string[] {
  return graphFaults(nodes).flatMap(({ message }) => ROUND.exec(message)?.[1] ?? [])
}
