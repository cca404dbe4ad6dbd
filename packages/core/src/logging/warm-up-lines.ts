import type { HealthReport } from '../health/health-report.ts'
import { pendingState } from '../warm-up/pending-state.ts'
import { withRemaining } from '../warm-up/progress.ts'
import { clean } from './clean.ts'
import type { Paint } from './paint.ts'
import { BAR_WIDTH, progressBar } from './progress-bar.ts'

/** Behind a bar there has to be room for a word. */
const LEAST_ROOM = 12

export interface Room {
  readonly columns: number
  readonly rows: number
}

/** The warm-up as lines for a terminal: a bar for each dependency that is not warm yet. */
export function warmUpLines(report: HealthReport, { columns, rows }: Room, paint: Paint): readonly string[] {
  const { pending, warm, total, remainingMs } = report.warmUp
  const names = Object.keys(pending)
  if (names.length === 0) return []
  const widest = Math.max(...names.map((name) => name.length))
  const lines = [
    cut(withRemaining(`warming up: ${warm} of ${total} warm`, remainingMs), columns),
    ...Object.entries(pending).map(([name, one]) => {
      const label = `  ${name.padEnd(widest)}  `
      const state = pendingState(name, report)
      const bar = progressBar(one, paint)
      const room = columns - label.length - BAR_WIDTH
      if (bar === undefined || room < LEAST_ROOM) return cut(label + state, columns)
      return label + bar + cut(`  ${state}`, room)
    }),
  ]
  if (lines.length <= rows) return lines
  const kept = Math.max(1, rows - 1)
  return [...lines.slice(0, kept), cut(`  and ${lines.length - kept} more`, columns)]
}

/** The last column is left free: some terminals wrap when it is written. */
function cut(text: string, columns: number): string {
  const whole = clean(text)
  return whole.length < columns ? whole : `${whole.slice(0, Math.max(0, columns - 2))}…`
}
