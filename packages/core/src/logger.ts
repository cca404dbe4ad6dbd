import { inspect } from 'node:util'

/** The part of pino's shape that Tidegate uses: an object of fields first, then the message. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One line of JSON per event on stderr; nothing below `info`. */
export function createJsonLogger(bound: object = {}): Logger {
  return toLogger((level, fields, message) => {
    if (level === 'debug') return
    writeToStderr(`${jsonLine(level, bound, fields, message)}\n`)
  })
}

/**
 * One event as one line. Fields are users' too: what JSON has no form for must not fail the step that wanted to say
 * something.
 */
export function jsonLine(level: keyof Logger, bound: object, fields: object, message: string): string {
  const about = { time: new Date().toISOString(), level, ...bound }
  try {
    return JSON.stringify({ ...about, ...fields, msg: message }, (_, value: unknown) => {
      if (typeof value === 'bigint') return String(value)
      return value instanceof Error ? errorFields(value) : value
    })
  } catch {
    return JSON.stringify({ ...about, fields: inspect(fields), msg: message })
  }
}

/** What JSON would leave out of an error, and what it would not. */
function errorFields(error: Error): object {
  const { name, message, stack } = error
  return Object.assign({}, error, { name, message, stack })
}

export function writeToStderr(text: string): void {
  process.stderr.write(text, onWritten)
}

/** As the console does: whoever reads the log may go away, and an `error` nobody listens to would end the process. */
function onWritten(error?: Error | null): void {
  if (error && process.stderr.listenerCount('error') === 0) process.stderr.once('error', () => {})
}

export const SILENT: Logger = Object.freeze(toLogger(() => {}))

/** The same logger, which never throws: what happens must not fail because telling of it does. */
export function guardLogger(logger: Logger): Logger {
  return toLogger((level, fields, message) => {
    try {
      logger[level](fields, message)
    } catch {
      // There is nowhere left to say so.
    }
  })
}

/** The same logger with `bound` among the fields of every line. */
export function withFields(logger: Logger, bound: object): Logger {
  return toLogger((level, fields, message) => logger[level]({ ...bound, ...fields }, message))
}

export function toLogger(write: (level: keyof Logger, fields: object, message: string) => void): Logger {
  const at =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      write(level, fields, message)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
