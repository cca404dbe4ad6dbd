import type { Logger } from '@tidegate/core'

/** One line as a logger was given it. */
export interface LogLine {
  readonly level: keyof Logger
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Keeps every line it is given. */
export function createRecordingLogger(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const record =
    (level: LogLine['level']): Logger['info'] =>
    (fields, message) =>
      void lines.push({ level, message, fields: { ...fields } })
  return {
    logger: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') },
    lines,
  }
}
