import type { Logger } from '@tidegate/core'

import type { Settings } from './settings.ts'

/** What a lifecycle warns of, for a logger in the shape of `@godaddy/terminus`. */
export function forwardLog({ tell }: Pick<Settings, 'tell'>): Logger {
  const forward = (fields: object, message: string): void => tell(message, toError(fields, message))
  return { debug() {}, info() {}, warn: forward, error: forward }
}

function toError(fields: object, message: string): Error {
  const { error, message: detail } = fields as { readonly error?: Error | string; readonly message?: string }
  return error instanceof Error ? error : new Error(error ?? detail ?? message, { cause: fields })
}
