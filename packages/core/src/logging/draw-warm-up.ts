import type { HealthReport } from '../health/health-report.ts'
import type { Emitter } from '../lifecycle/emitter.ts'
import type { Paint } from './paint.ts'
import type { TerminalFoot } from './terminal-foot.ts'
import { warmUpLines } from './warm-up-lines.ts'

/** Nobody reads faster, and a warm-up may say something thousands of times a second. */
const PAUSE_MS = 100

/** Keeps the warm-up drawn at the foot of a terminal while it lasts. */
export function drawWarmUp(emitter: Emitter, report: () => HealthReport, foot: TerminalFoot, paint: Paint): void {
  let pause: NodeJS.Timeout | undefined
  let isDue = false

  const draw = (): void => {
    const known = report()
    foot.show(known.phase === 'warming' ? warmUpLines(known, foot, paint) : [])
  }
  const drawSoon = (): void => {
    if (report().phase !== 'warming') return
    isDue = true
    if (pause !== undefined) return
    isDue = false
    draw()
    pause = setTimeout(() => {
      pause = undefined
      if (isDue) drawSoon()
    }, PAUSE_MS).unref()
  }
  emitter.on('warmup', drawSoon)
  emitter.on('phase', () => {
    clearTimeout(pause)
    pause = undefined
    draw()
  })
}
