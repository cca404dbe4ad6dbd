/** How much an answer tells: the verdict alone, names and states, or everything. */
export type ProbeDetails = 'none' | 'summary' | 'full'

export const DETAILS: readonly ProbeDetails[] = Object.freeze(['none', 'summary', 'full'])

export function isProbeDetails(value: unknown): value is ProbeDetails {
  return DETAILS.some((details) => details === value)
}
