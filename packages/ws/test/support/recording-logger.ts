import type { Logger } from '@tidegate/core'

export interface Line {
  readonly level: keyof Logger
  readonly message: string
  readonly fields: object
}

/** Keeps every line it is given. */
export function createRecordingLogger(): { readonly logger: Logger; readonly lines: readonly Line[] } {
  const lines: Line[] = []
  const at = (level: Line['level']) => (fields: object, message: string) => void lines.push({ level, message, fields })
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines }
}
