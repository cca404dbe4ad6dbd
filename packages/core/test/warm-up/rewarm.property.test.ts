import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { createDependencyGraph } from '../../src/graph/dependency-graph.ts'
import type { GraphNode } from '../../src/graph/graph-faults.ts'
import type { Recovery } from '../../src/health/recovery.ts'
import { SILENT } from '../../src/logger.ts'
import type { ResolvedDependency } from '../../src/options/resolved-options.ts'
import { Rewarm } from '../../src/warm-up/rewarm.ts'
import { acyclicGraph, reaches } from '../graph/graphs.ts'

/** What one attempt does, and how long it takes. */
interface Attempt {
  readonly ms: number
  readonly works: boolean
}

interface Step {
  /** Which dependency; its check fails and passes in turn. */
  readonly who: number
  readonly pause: number
}

interface Node extends GraphNode {
  readonly rewarm: boolean
  readonly scope: 'remote' | 'local'
}

const anyAttempt: fc.Arbitrary<Attempt> = fc.record({
  ms: fc.integer({ min: 0, max: 3_000 }),
  works: fc.boolean(),
})
const anyStep: fc.Arbitrary<Step> = fc.record({ who: fc.nat({ max: 7 }), pause: fc.integer({ min: 0, max: 2_000 }) })

/** Only what nothing critical needs may be not critical. */
const anyNodes: fc.Arbitrary<readonly Node[]> = acyclicGraph().chain((nodes) =>
  fc
    .tuple(
      fc.array(fc.record({ rewarm: fc.boolean(), scope: fc.constantFrom('remote', 'local'), optional: fc.boolean() }), {
        minLength: nodes.length,
        maxLength: nodes.length,
      }),
    )
    .map(([traits]) => {
      const optional = new Set(nodes.filter((_, index) => traits[index]?.optional).map(({ name }) => name))
      return nodes.map((node, index) => ({
        ...node,
        rewarm: traits[index]?.rewarm ?? false,
        scope: traits[index]?.scope ?? 'remote',
        critical: ![...optional].some((name) => name === node.name || reaches(nodes, node.name, name)),
      }))
    }),
)

interface World {
  readonly rewarm: Rewarm
  /** Whose status is `fail`. */
  readonly failing: Set<string>
  readonly recoveries: Map<string, Recovery>
  /** Attempts in flight that nobody has given up. */
  readonly running: string[]
  /** When the last attempt that worked began. */
  readonly warmSince: Map<string, number>
  /** When the last recovery began. */
  readonly askedAt: Map<string, number>
  readonly broken: string[]
  toggle(name: string): void
}

/** As the health monitor does it, with every status on a wire. */
function createWorld(nodes: readonly Node[], attempts: readonly Attempt[]): World {
  const graph = createDependencyGraph(nodes)
  const failing = new Set<string>()
  const recoveries = new Map<string, Recovery>()
  const running: string[] = []
  const warmSince = new Map<string, number>()
  const askedAt = new Map<string, number>()
  const broken: string[] = []
  const left = [...attempts]
  let clock = 0
  const beneath = (name: string): string[] =>
    nodes.map((node) => node.name).filter((other) => reaches(nodes, name, other))
  const isGone = (name: string): boolean => failing.has(name) && !recoveries.has(name)

  const toDependency = ({ name, critical = true, rewarm, scope }: Node): ResolvedDependency =>
    ({
      name,
      critical,
      rewarm,
      scope,
      limits: { warmUp: 2_500, drain: undefined, close: undefined },
      async warmUp({ signal }) {
        const began = ++clock
        if (beneath(name).some(isGone)) broken.push(`${name} is warmed although something beneath it fails`)
        if (running.includes(name)) broken.push(`${name} is warmed twice at once`)
        const colder = beneath(name).find((other) => running.includes(other))
        if (colder !== undefined) broken.push(`${name} is warmed while ${colder} is`)
        running.push(name)
        const end = (): void => void (running.includes(name) && running.splice(running.indexOf(name), 1))
        signal.addEventListener('abort', end)
        const { ms, works } = left.shift() ?? { ms: 10, works: true }
        await new Promise((resolve) => setTimeout(resolve, ms))
        if (signal.aborted) return
        end()
        if (!works) throw new Error('not yet')
        warmSince.set(name, began)
      },
    }) as Partial<ResolvedDependency> as ResolvedDependency

  const rewarm = new Rewarm({
    dependencies: nodes.map(toDependency),
    graph,
    retry: { initial: 100, max: 1_000 },
    emit: () => {},
    logger: SILENT,
    random: () => 0.5,
    connectToSelf: () => Promise.reject(new Error('there is no server')),
    isFailing: (name) => failing.has(name),
  })
  for (const { name } of nodes) rewarm.hasWarmed(name)

  function turn(name: string): void {
    failing.delete(name)
    recoveries.delete(name)
    const asked = askedAt.get(name) ?? 0
    for (const node of nodes) {
      const isWaitedFor = node.name === name || (node.critical && reaches(nodes, node.name, name))
      if (!node.rewarm || !isWaitedFor || (warmSince.get(node.name) ?? 0) > asked) continue
      const needed = node.scope === 'remote' ? [...beneath(node.name), node.name] : beneath(node.name)
      if (!needed.some((other) => other !== name && isGone(other))) broken.push(`${name} turned before ${node.name}`)
    }
    rewarm.review()
  }

  return {
    rewarm,
    failing,
    recoveries,
    running,
    warmSince,
    askedAt,
    broken,
    toggle(name) {
      if (!failing.has(name)) {
        failing.add(name)
        rewarm.review()
        return
      }
      const recovery = recoveries.get(name)
      if (recovery !== undefined) {
        recoveries.delete(name)
        recovery.abort()
        return
      }
      askedAt.set(name, ++clock)
      const asked = rewarm.askRecovery(name, { first: false, onProgress() {}, onOver: () => turn(name) })
      if (asked === undefined) turn(name)
      else recoveries.set(name, asked)
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('whatever fails and recovers, each is warm before a status turns that waits for it, and all are in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyNodes,
      fc.array(anyStep, { maxLength: 20 }),
      fc.array(anyAttempt, { maxLength: 20 }),
      async (nodes, steps, attempts) => {
        const world = createWorld(nodes, attempts)
        for (const { who, pause } of steps) {
          const node = nodes[who % nodes.length]
          if (node !== undefined) world.toggle(node.name)
          await vi.advanceTimersByTimeAsync(pause)
        }
        for (const { name } of nodes) {
          if (world.failing.has(name) && !world.recoveries.has(name)) world.toggle(name)
        }
        await vi.advanceTimersByTimeAsync(600_000)

        expect(world.broken).toEqual([])
        expect([...world.failing]).toEqual([])
        expect(world.running).toEqual([])
        expect(vi.getTimerCount()).toBe(0)
        for (const node of nodes) {
          if (!node.rewarm) continue
          const since = world.warmSince.get(node.name) ?? 0
          for (const [root, asked] of world.askedAt) {
            if (root !== node.name && !reaches(nodes, node.name, root)) continue
            expect(since, `${node.name} after ${root}`).toBeGreaterThan(asked)
          }
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('a stop leaves nothing running, and nobody waiting', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyNodes,
      fc.array(anyStep, { maxLength: 10 }),
      fc.array(anyAttempt, { maxLength: 10 }),
      async (nodes, steps, attempts) => {
        const world = createWorld(nodes, attempts)
        for (const { who, pause } of steps) {
          const node = nodes[who % nodes.length]
          if (node !== undefined) world.toggle(node.name)
          await vi.advanceTimersByTimeAsync(pause)
        }
        const { broken } = world
        const soFar = broken.length
        world.rewarm.stop()
        broken.length = soFar

        expect(world.running).toEqual([])
        expect(world.recoveries.size).toBe(0)
        await vi.advanceTimersByTimeAsync(10_000)
        expect(world.running).toEqual([])
      },
    ),
    { numRuns: 100 },
  )
})
