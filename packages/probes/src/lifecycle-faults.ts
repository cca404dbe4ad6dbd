/** What is wrong with the first argument, for the error that names every fault. */
export function lifecycleFaults(value: unknown): string[] {
  const given = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof given['report'] === 'function' && typeof given['on'] === 'function') return []
  return ['the lifecycle is missing, or is none; give it what createLifecycle() has made']
}
