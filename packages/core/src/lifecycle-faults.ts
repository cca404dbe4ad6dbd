/**
 * For a function that takes a lifecycle first: what is wrong with it, for the error that names every fault of the
 * arguments; empty for one that `createLifecycle` has made, of whatever copy of this package.
 */
export function lifecycleFaults(lifecycle: unknown): string[] {
  const { report, on } = (lifecycle ?? {}) as Readonly<Record<string, unknown>>
  if (typeof report === 'function' && typeof on === 'function') return []
  return ['the lifecycle is missing, or is none; give it what createLifecycle() has made']
}
