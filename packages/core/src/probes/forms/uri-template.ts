/** `:id`, with or without what it has to match; `*` or `*rest`; a segment `{id}`; what a template says as it is. */
const PART = /:(\w+)(?:\([^()]*\))?|\*(\w*)|(?<=\/)\{(\w+)\}(?=\/|$)|((?:[\w\-.~/!$&,;=@]|%[\da-f]{2})+)/giy

/**
 * A route's pattern, in the ways in which frameworks write it, as a URI Template by RFC 6570; `undefined` for one that is none,
 * such as a regular expression or one with a part that may be missing.
 */
export function toUriTemplate(pattern: string): string | undefined {
  let template = ''
  let length = 0
  let unnamed = 0
  for (const [part, name, rest, variable, literal] of pattern.matchAll(PART)) {
    length += part.length
    if (literal !== undefined) template += literal
    else if (rest === undefined) template += `{${name ?? variable}}`
    // `+` lets a slash stand in it.
    else template += `{+${rest || `path${(unnamed += 1) > 1 ? unnamed : ''}`}}`
  }
  return length === pattern.length && pattern !== '' ? template : undefined
}
