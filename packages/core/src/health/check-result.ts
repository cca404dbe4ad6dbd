import type { CheckResult } from '../dependency.ts'
import { describeValue } from '../options/describe-value.ts'
import { failureMessage } from './failure-message.ts'
import { STATUS_ORDER } from './health-status.ts'
import { HIDDEN, isSecretName, redact } from './redact.ts'

/** More data than this is not a health result; what is over is left out. */
const MOST_DATA = 20

/** What came back from a check as a result that may be shown. Anything that is not one is a fail that says what came. */
export function toCheckResult(returned: unknown): CheckResult {
  try {
    return read(returned)
  } catch (error) {
    return toFailure(error)
  }
}

/** What a check threw, as a result. */
export function toFailure(thrown: unknown): CheckResult {
  return Object.freeze({ status: 'fail', message: failureMessage(thrown) })
}

function read(returned: unknown): CheckResult {
  if (returned === undefined) return Object.freeze({ status: 'pass' })
  if (typeof returned !== 'object' || returned === null) return nonsense(describeValue(returned))

  const { status, message, data } = returned as Readonly<Record<string, unknown>>
  const known = STATUS_ORDER.find((one) => one === status)
  if (known === undefined) return nonsense(`${describeValue(returned)} whose status is ${describeValue(status)}`)
  return Object.freeze({
    status: known,
    ...(typeof message === 'string' && message !== '' ? { message: redact(message) } : {}),
    ...(typeof data === 'object' && data !== null ? { data: readData(data as Readonly<Record<string, unknown>>) } : {}),
  })
}

function nonsense(what: string): CheckResult {
  const message = `the check returned ${what}; return nothing, or { status: 'pass' | 'warn' | 'fail' }`
  return Object.freeze({ status: 'fail', message: redact(message) })
}

function readData(data: Readonly<Record<string, unknown>>): NonNullable<CheckResult['data']> {
  const shown: Record<string, number | string | boolean> = {}
  for (const [key, value] of Object.entries(data).slice(0, MOST_DATA)) {
    if (typeof value === 'string') shown[redact(key)] = isSecretName(key) ? HIDDEN : redact(value)
    else if (typeof value === 'number' || typeof value === 'boolean') shown[redact(key)] = value
  }
  return Object.freeze(shown)
}
