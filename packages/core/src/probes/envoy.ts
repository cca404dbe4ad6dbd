import type { Exchange } from '../drain/connection.ts'
import { stampAnswer } from '../stamp-answer.ts'

/** Envoy sends such a host requests only when the others cannot carry the load. */
export const DEGRADED = { 'x-envoy-degraded': 'true' } as const
/** Envoy, seeing it on any answer at all, takes the host out at once, without counting failures. */
export const IMMEDIATE_FAIL = { 'x-envoy-immediate-health-check-fail': 'true' } as const

const [[NAME, VALUE]] = Object.entries(IMMEDIATE_FAIL) as [[string, string]]

export function failImmediately(exchange: Exchange): void {
  stampAnswer(exchange, NAME, VALUE)
}
