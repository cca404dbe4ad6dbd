import { expect, test } from 'vitest'

import type { HealthReport } from '../../src/index.ts'
import { choosePaint } from '../../src/logging/paint.ts'
import { warmUpLines } from '../../src/logging/warm-up-lines.ts'
import { dependencyReport, healthReport } from '../probes/report-fixture.ts'

const plain = choosePaint({}, false)

const REPORT: HealthReport = healthReport({
  phase: 'warming',
  warmUp: {
    completed: false,
    warm: 1,
    total: 4,
    remainingMs: 8_000,
    pending: {
      postgres: { attempt: 2, progress: '5/10 connections', done: 5, total: 10, remainingMs: 8_000 },
      catalog: { attempt: 0 },
      redis: { attempt: 1, error: 'refused\nby\u001B[2J somebody' },
    },
  },
  dependencies: {
    postgres: dependencyReport(),
    catalog: dependencyReport({ dependsOn: ['postgres'] }),
    redis: dependencyReport(),
  },
})

test('there is a bar for whoever says how far it has come, and a word for the others', () => {
  expect(warmUpLines(REPORT, { columns: 100, rows: 20 }, plain)).toEqual([
    'warming up: 1 of 4 warm, about 8 s left',
    '  postgres  ████████████░░░░░░░░░░░░  5/10 connections, about 8 s left, attempt 2',
    '  catalog   waits for postgres',
    '  redis     under way, last error: refused\\nby\\x1b[2J somebody',
  ])
})

test.each([10, 20, 40, 60])('no line is longer than a terminal of %i columns', (columns) => {
  for (const line of warmUpLines(REPORT, { columns, rows: 20 }, plain)) expect(line.length).toBeLessThan(columns)
})

test('no more lines are drawn than there is room for', () => {
  expect(warmUpLines(REPORT, { columns: 100, rows: 3 }, plain)).toEqual([
    'warming up: 1 of 4 warm, about 8 s left',
    expect.stringContaining('postgres') as string,
    '  and 2 more',
  ])
})

test('a share beyond the whole, or of nothing, is drawn as far as it goes', () => {
  const draw = (done: number, total: number): string | undefined => {
    const warmUp = { ...REPORT.warmUp, pending: { db: { attempt: 1, progress: 'so far', done, total } } }
    return warmUpLines({ ...REPORT, warmUp }, { columns: 80, rows: 20 }, plain)[1]
  }
  expect(draw(20, 10)).toBe(`  db  ${'█'.repeat(24)}  so far`)
  expect(draw(-1, 10)).toBe(`  db  ${'░'.repeat(24)}  so far`)
  expect(draw(0, 0)).toBe('  db  so far')
})
