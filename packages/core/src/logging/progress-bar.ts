import type { Paint } from './paint.ts'

export const BAR_WIDTH = 24

interface Counts {
  readonly done?: unknown
  readonly total?: unknown
}

/** How far something has come, as a bar; `undefined` where that is not known in numbers. */
export function progressBar({ done, total }: Counts, paint: Paint): string | undefined {
  if (typeof done !== 'number' || typeof total !== 'number' || total <= 0) return undefined
  const filled = Math.round(BAR_WIDTH * Math.min(1, Math.max(0, done / total)))
  return paint.progress('█'.repeat(filled)) + paint.dim('░'.repeat(BAR_WIDTH - filled))
}
