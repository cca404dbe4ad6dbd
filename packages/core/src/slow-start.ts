/** How traffic is to grow on an instance that has just become ready; the window in milliseconds. */
export interface SlowStart {
  readonly window: number
  /** The least weight there is, from the first moment on. */
  readonly initial: number
  readonly aggression: number
}

/** The share of its usual traffic that an instance should get which has been ready for so long: Envoy's formula. */
export function slowStartWeight({ window, initial, aggression }: SlowStart, readyForMs: number): number {
  if (readyForMs >= window) return 1
  return Math.max(initial, (Math.max(0, readyForMs) / window) ** (1 / aggression))
}
