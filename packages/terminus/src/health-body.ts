/** What a check that passes has to say, added to `base`, which is left as it is. */
export function okBody(base: unknown, info: unknown, isVerbatim: boolean): string {
  return JSON.stringify(extend(base, isVerbatim ? (info as object) : { info, details: info }))
}

/** What a failing check has to say. Errors anywhere in it become objects of their own properties. */
export function errorBody(base: unknown, error: unknown, showsStacks: boolean): string {
  return JSON.stringify(extend(base, { error, details: error }), (_key, value: unknown) =>
    value instanceof Error ? ownProperties(value, showsStacks) : value,
  )
}

/** Keys of `base` come first. What is no object has no room for more. */
function extend(base: unknown, more: object): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return base
  return Object.assign(Object.create(Object.getPrototypeOf(base) as object | null) as object, base, more)
}

function ownProperties(error: Error, showsStack: boolean): object {
  const names = Object.getOwnPropertyNames(error).filter((name) => showsStack || name !== 'stack')
  return Object.fromEntries(names.map((name) => [name, (error as unknown as Record<string, unknown>)[name]]))
}
