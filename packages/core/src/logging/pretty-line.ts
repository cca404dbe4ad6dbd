import { inspect } from 'node:util'

import type { Logger } from '../logger.ts'
import { clean } from './clean.ts'
import type { Paint } from './paint.ts'

/** What the messages of events tell by themselves. */
const TOLD: ReadonlySet<string> = new Set([
  'attempt',
  'critical',
  'done',
  'instance',
  'previous',
  'progress',
  'remainingMs',
  'service',
  'state',
  'step',
  'total',
  'unit',
  'version',
])

/** One event as a short line for people; the stack of an error comes below it. Nothing in it can steer the terminal. */
export function prettyLine(
  level: keyof Logger,
  bound: object,
  fields: object,
  message: string,
  { dim, warning, failure }: Paint,
): string {
  const time = dim(new Date().toTimeString().slice(0, 8))
  const paint = level === 'warn' ? warning : level === 'error' ? failure : dim
  const { service } = bound as { readonly service?: string }
  const who = service === undefined ? '' : `${clean(service)}: `
  const { values, stacks } = readFields({ ...bound }, fields, message)
  const more = values.length === 0 ? '' : `  ${dim(values.join(' '))}`
  return [`${time} ${paint(level.padEnd(5))} ${who}${clean(message)}${more}`, ...stacks].join('\n')
}

interface Shown {
  readonly values: readonly string[]
  readonly stacks: readonly string[]
}

/** Fields are users' too, and may throw when they are read. */
function readFields(bound: object, fields: object, message: string): Shown {
  try {
    const entries = Object.entries({ ...bound, ...fields }).filter(([name]) => !TOLD.has(name))
    const shown = entries.filter(([, value]) => isPlain(value) && !message.includes(String(value)))
    const errors = entries.map(([, value]) => value).filter((value) => value instanceof Error)
    return {
      values: shown.map(([name, value]) => `${clean(name)}=${clean(String(value))}`),
      stacks: errors.map(({ stack, message: why }) => indent(stack ?? why)),
    }
  } catch {
    return { values: [clean(inspect(fields))], stacks: [] }
  }
}

function isPlain(value: unknown): value is string | number | boolean | bigint {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value)
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${clean(line)}`)
    .join('\n')
}
