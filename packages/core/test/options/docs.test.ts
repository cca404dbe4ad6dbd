import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import type { Dependency } from '../../src/dependency.ts'
import type { LifecycleOptions } from '../../src/lifecycle/lifecycle-options.ts'
import { DEFAULTS } from '../../src/options/defaults.ts'
import { parseDuration } from '../../src/options/duration.ts'
import { resolveOptions } from '../../src/options/resolve-options.ts'
import { SHUTDOWN_VARIABLES } from '../../src/options/shutdown-environment.ts'
import { planBudget } from '../../src/shutdown/budget.ts'

/** What the types name beside what has a default: the compiler says when one is missing here. */
const LIFECYCLE: Readonly<Record<Exclude<keyof LifecycleOptions, keyof typeof DEFAULTS>, true>> = {
  dependencies: true,
  fleet: true,
  logger: true,
}
const DEPENDENCY: Readonly<Record<Exclude<keyof Dependency, keyof typeof DEFAULTS.dependency>, true>> = {
  name: true,
  warmUp: true,
  check: true,
  drain: true,
  close: true,
  health: true,
}

const COUNTS = new Set([
  'health.fall',
  'health.rise',
  'probes.drainStatus',
  'slowStart.initial',
  'slowStart.aggression',
  'warmUp.queue.size',
])

describe('docs/options.md', () => {
  const page = read('docs/options.md')
  const variables = [...page.matchAll(/^\| `(TIDEGATE_\w+)` \| `shutdown\.(\w+)` \|$/gm)]
  const rows = rowsOf(page.replaceAll(/^\| `TIDEGATE_.*\n/gm, ''))
  const { dependency, ...sections } = DEFAULTS
  const defaults = new Map([...leavesOf(dependency), ...leavesOf(sections)])

  test('has a row for every option there is, and for no other', () => {
    const expected = [...defaults.keys(), ...Object.keys(LIFECYCLE), ...Object.keys(DEPENDENCY)]
    expect([...rows.keys()].toSorted()).toEqual(expected.toSorted())
  })

  test('has a row for every variable there is, and for no other', () => {
    expect(variables.map(([, variable, key]) => [variable, key])).toEqual([...SHUTDOWN_VARIABLES])
  })

  test('says what each means', () => {
    expect([...rows].filter(([, cells]) => (cells.at(-1) ?? '').length < 20)).toEqual([])
  })

  test.each([...defaults].filter(([, value]) => value !== undefined))('gives the default of %s', (name, value) => {
    expect(readDefault(name, rows.get(name)?.[0] ?? '')).toEqual(value)
  })

  test('works the shutdown out for 30 s', () => {
    const { budget } = planBudget({})
    const lameDuck = budget.lameDuck === false ? 0 : budget.lameDuck.ms
    const left = budget.deadline - lameDuck
    const planned = { ...budget, preStop: false, lameDuck, requests: left, longLived: left }
    const names = ['gracePeriod', 'preStop', 'margin', 'lameDuck', 'linger', 'requests', 'longLived', 'close'] as const
    const documented = names.map((name) => readDefault(name, rows.get(`shutdown.${name}`)?.[1] ?? ''))
    expect(documented).toEqual(names.map((name) => planned[name]))
  })
})

describe('docs/errors.md', () => {
  const page = read('docs/errors.md')
  const documented = [...page.matchAll(/^## (\w+)$/gm)].map(([, code = '']) => code)
  const codes = [...read('packages/core/src/errors.ts').matchAll(/^ {2}\| '(TIDEGATE_\w+)'$/gm)].map(
    ([, code = '']) => code,
  )

  test('has a section for every code there is, and for no other', () => {
    expect(codes.length).toBeGreaterThan(0)
    expect(documented.toSorted()).toEqual(codes.toSorted())
  })

  test('says in every section what to do', () => {
    const sections = page.split(/^## /m).slice(1)
    expect(sections.filter((section) => !section.includes('\n**What to do:** '))).toEqual([])
  })

  test('shows a message as it really is', () => {
    const shown = /```\n(createLifecycle[^`]*)\n```/.exec(page)?.[1]
    const create = () =>
      resolveOptions({
        dependencies: [{ name: 'postgres' }, { name: 'catalog', dependsOn: ['postgress'] }],
        shutdown: { gracePeriod: 30 },
      })
    expect(create).toThrow(expect.objectContaining({ code: 'TIDEGATE_CONFIG', message: shown }))
  })
})

function read(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
}

/** The cells of every table row that begins with an option's name, by that name. */
function rowsOf(page: string): ReadonlyMap<string, readonly string[]> {
  const rows = [...page.matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)]
  return new Map(rows.map(([, name = '', cells = '']) => [name, cells.split('|').map((cell) => cell.trim())]))
}

/** Every option with its default, by its whole name; a default that is worked out is one leaf. */
function leavesOf(value: object, prefix = ''): [name: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    const isWorkedOut = isSection && ('share' in inner || 'intervals' in inner)
    return isSection && !isWorkedOut ? leavesOf(inner, `${prefix}${key}.`) : [[prefix + key, inner]]
  })
}

/** Reads the second column back into what {@link DEFAULTS} holds. */
function readDefault(name: string, cell: string): unknown {
  const scaled = /^(\d+) % of (?:`gracePeriod`|what there is), at most `(\w+)`$/.exec(cell)
  if (scaled) return { share: Number(scaled[1]) / 100, atMost: parseDuration(scaled[2]) }
  const stale = /^(\d+) × `interval` \+ `timeout`$/.exec(cell)
  if (stale) return { intervals: Number(stale[1]), timeouts: 1 }
  if (COUNTS.has(name)) return Number(cell)
  if (cell === 'none') return name === 'dependsOn' ? [] : ''
  const values = cell.split(', ').map(readLiteral)
  return values.length === 1 ? values[0] : values
}

function readLiteral(cell: string): unknown {
  const literal = /^`(.*)`$/.exec(cell)?.[1]
  if (literal === 'true' || literal === 'false') return literal === 'true'
  const text = /^'(.*)'$/.exec(literal ?? '')?.[1]
  return parseDuration(text ?? literal) ?? text ?? `no literal: ${cell}`
}
