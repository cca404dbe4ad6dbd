/** What a failing dependency has to do with the others that fail. */
export interface Blame {
  /** Whom it follows; absent when it is its own cause. */
  readonly rootCause?: string
  /** Who fails because of it, in the order given. */
  readonly affects: readonly string[]
}

/** Tells causes from effects among those that fail. Each follows at most one cause, and a cause follows none. */
export function rootCauses(
  failing: readonly string[],
  rootCauseOf: (name: string, isFailing: (name: string) => boolean) => string | undefined,
): ReadonlyMap<string, Blame> {
  const known = new Set(failing)
  const causes = new Map(failing.map((name) => [name, rootCauseOf(name, (other) => known.has(other))]))
  return new Map(
    failing.map((name) => {
      const rootCause = causes.get(name)
      const affects = Object.freeze(failing.filter((other) => causes.get(other) === name))
      return [name, { ...(rootCause !== undefined && { rootCause }), affects }]
    }),
  )
}
