const LONGEST_SHOWN = 40

/** Names a wrong value in a message: strings quoted and cut short, objects by their kind only, as they may hold secrets. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value)
  }
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** The values that may be written, as a message lists them: `'none', 'summary' or 'full'`. */
export function describeChoices(choices: readonly string[]): string {
  const quoted = choices.map((choice) => `'${choice}'`)
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].join(' or ')
}
