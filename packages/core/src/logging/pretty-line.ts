import { inspect } from 'node:util'

import type { Logger } from '../logger.ts'
import { clean } from './clean.ts'
import type { Paint } from './paint.ts'
import { progressBar } from './progress-bar.ts'

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
export function prettyLine(level: keyof Logger, bound: object, fields: object, message: string, paint: Paint): string {
  const { dim, warning, failure } = paint
  const time = dim(new Date().toTimeString().slice(0, 8))
  const mark = level === 'warn' ? warning : level === 'error' ? failure : dim
  const { service } = bound as { readonly service?: string }
  const who = service === undefined ? '' : `${clean(service)}: `
  const { values, stacks, bar } = readFields({ ...bound }, fields, message, paint)
  const told = [clean(message), bar, values.length > 0 && dim(values.join(' '))].filter(Boolean).join('  ')
  return [`${time} ${mark(level.padEnd(5))} ${who}${told}`, ...stacks].join('\n')
}

interface Shown {
  readonly values: readonly string[]
  readonly stacks: readonly string[]
  /** Of a line that tells how far something has come. */
  readonly bar?: string | undefined
}

/** Fields are users' too, and may throw when they are read. */
function readFields(bound: object, fields: object, message: string, paint: Paint): Shown {
  try {
    const entries = Object.entries({ ...bound, ...fields }).filter(([name]) => !TOLD.has(name))
    const shown = entries.filter(([, value]) => isPlain(value) && !message.includes(String(value)))
    const errors = entries.map(([, value]) => value).filter((value) => value instanceof Error)
    return {
      values: shown.map(([name, value]) => `${clean(name)}=${clean(String(value))}`),
      stacks: errors.map(({ stack, message: why }) => indent(stack ?? why)),
      bar: (fields as { readonly state?: unknown }).state === 'progress' ? progressBar(fields, paint) : undefined,
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
