/** The one element of a list that is to have one. */
export function only<Element>(list: readonly Element[]): Element {
  const [element, ...others] = list
  if (element === undefined || others.length > 0) throw new Error(`there are ${list.length} where there is to be one`)
  return element
}
