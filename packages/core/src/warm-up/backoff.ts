/**
 * The pause after the nth failed attempt: random below an exponentially growing limit (full jitter), so that instances
 * that failed together don't try again together.
 */
export function backoff(
  attempt: number,
  { initial, max }: { readonly initial: number; readonly max: number },
  random: () => number,
): number {
  return random() * Math.min(max, initial * 2 ** (attempt - 1))
}
