const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `4 s`, `12 min`, `3 h 20 min`, `5 days`. */
export function formatSpan(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < 2 * DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE)
    return `${Math.floor(ms / HOUR)} h${minutes > 0 ? ` ${minutes} min` : ''}`
  }
  return `${Math.floor(ms / DAY)} days`
}

/** `just now`, `for 12 min`. */
export function formatSince(ms: number): string {
  return ms < SECOND ? 'just now' : `for ${formatSpan(ms)}`
}

/** `just now`, `12 min ago`. */
export function formatAgo(ms: number): string {
  return ms < SECOND ? 'just now' : `${formatSpan(ms)} ago`
}

/** `0.4 ms`, `12 ms`, `1.2 s`. */
export function formatLatency(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < SECOND ? `${Math.round(ms)} ms` : `${(ms / SECOND).toFixed(1)} s`
}

/** `03:12:45`, in UTC: instances and people are in many places. */
export function formatClock(at: number): string {
  return new Date(at).toISOString().slice(11, 19)
}

/** `1 request`, `2 requests`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`
  return `${number} ${noun.replace(/y$/, 'ie')}s`
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? ''
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
