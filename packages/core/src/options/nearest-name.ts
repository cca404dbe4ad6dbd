/**
 * The candidate that `name` was most likely meant to be; `undefined` when none is close. Case does not
 * count, and about a third of the letters may be wrong.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let nearest: string | undefined
  let shortest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const offered = candidate.toLowerCase()
    const distance = editDistance(wanted, offered)
    const allowed = Math.max(1, Math.floor(Math.min(wanted.length, offered.length) / 3))
    if (distance <= allowed && distance < shortest) {
      nearest = candidate
      shortest = distance
    }
  }
  return nearest
}

/** How many letters have to be added, removed, replaced, or swapped with the next, to make `from` into `to`. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= from.length; row += 1) {
    rows[row] = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = at(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swapped = isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY
      rows[row]?.push(Math.min(replaced, swapped, at(row - 1, column) + 1, at(row, column - 1) + 1))
    }
  }
  return at(from.length, to.length)
}
