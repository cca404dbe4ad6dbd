import { describeValue } from '../options/describe-value.ts'
import { redact } from './redact.ts'

/** Causes within causes that are looked into. */
const DEEPEST = 3

/** What a thrown or rejected value says of itself, fit to be shown. Never throws, whatever it is given. */
export function failureMessage(thrown: unknown): string {
  try {
    return redact(explain(thrown, DEEPEST)) || 'it failed without a message'
  } catch {
    return 'it failed with a value that cannot be read'
  }
}

function explain(thrown: unknown, depth: number): string {
  if (typeof thrown === 'string') return thrown
  if (typeof thrown !== 'object' || thrown === null) return `it threw ${describeValue(thrown)}`

  const { message, code, name, cause, errors } = thrown as Readonly<Record<string, unknown>>
  const own = [message, code, name].find((said) => typeof said === 'string' && said !== '')
  // A connection refused on both of a host's addresses is an AggregateError with an empty message.
  const parts = message === '' && Array.isArray(errors) && depth > 0 ? errors.map((one) => explain(one, depth - 1)) : []
  if (parts.length > 0) return [...new Set(parts)].join('; ')
  if (typeof own !== 'string') return `it threw ${describeValue(thrown)} without a message`
  // `fetch failed` keeps all it knows in its cause.
  const why = cause instanceof Error && depth > 0 ? explain(cause, depth - 1) : ''
  return own.includes(why) ? own : `${own}: ${why}`
}
