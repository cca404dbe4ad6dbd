/** Everything that can be come to from `name` by any number of steps, without itself. */
export function reach(name: string, step: (name: string) => readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>()
  function visit(from: string): void {
    for (const next of step(from)) {
      if (reached.has(next)) continue
      reached.add(next)
      visit(next)
    }
  }
  visit(name)
  return reached
}
