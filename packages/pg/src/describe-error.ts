/** What the driver or the server said, with its code: `sorry, too many clients already (53300)`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const message = error.message === '' ? emptyMessage(error) : error.message
  const code = errorCode(error)
  return code === undefined || message.includes(code) ? message : `${message} (${code})`
}

/** The SQLSTATE of the server or the code of the system call; undefined when it has neither. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Node tries every address of a host, and says nothing but the list when all of them refuse. */
function emptyMessage(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(describeError).join(', ') : error.name
}
