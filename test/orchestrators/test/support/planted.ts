type Path = readonly (string | number)[]

/** A copy of a document with one value changed, or taken out when there is none. */
export function planted(document: unknown, path: Path, value?: unknown): unknown {
  const copy = structuredClone(document)
  const key = path.at(-1) ?? ''
  let parent = copy as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) parent = parent[step] as typeof parent
  if (value === undefined) delete parent[key]
  else parent[key] = value
  return copy
}
