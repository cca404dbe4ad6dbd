/** How far a warm-up has come, as it has said itself. */
export interface ProgressReport {
  /** `3/10 connections`. */
  readonly progress: string
  /** The same in parts; absent when they were no numbers. */
  readonly done?: number
  readonly total?: number
  readonly unit?: string
  /** Milliseconds left if it goes on as fast as until now; absent before there is a rate. */
  readonly remainingMs?: number
}

/** @param elapsedMs since the attempt has begun. */
export function measureProgress(
  done: number,
  total: number,
  unit: string | undefined,
  elapsedMs: number,
): ProgressReport {
  const progress = `${done}/${total}${unit === undefined ? '' : ` ${unit}`}`
  if (!Number.isFinite(done) || !Number.isFinite(total)) return { progress }
  const counts = { progress, done, total, ...(unit === undefined ? {} : { unit }) }
  if (done >= total) return { ...counts, remainingMs: 0 }
  if (done <= 0 || elapsedMs <= 0) return counts
  return { ...counts, remainingMs: Math.round((elapsedMs / done) * (total - done)) }
}

/** The same of an attempt that has ended. */
export function withoutRemaining({ remainingMs: _remainingMs, ...rest }: ProgressReport): ProgressReport {
  return rest
}

/** For people: `3/10 connections, about 4 s left`. */
export function withRemaining(text: string, remainingMs: number | undefined): string {
  return remainingMs === undefined || remainingMs <= 0 ? text : `${text}, ${formatRemaining(remainingMs)}`
}

function formatRemaining(ms: number): string {
  const seconds = Math.ceil(ms / 1_000)
  if (seconds < 100) return `about ${seconds} s left`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`
}
