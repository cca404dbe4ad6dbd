/** Answers with these have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

export const DRAIN_STATUS_RULE = 'a whole number from 200 to 599 other than 204, 205 and 304'

export function isDrainStatus(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599 && !BODILESS.has(Number(value))
}
