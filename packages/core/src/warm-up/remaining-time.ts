/** One thing that is not done yet. */
export interface PendingTask {
  /** Milliseconds it takes by itself, once all beneath it is done; `undefined` when nobody knows. */
  readonly ownMs: number | undefined
  readonly beneath: readonly string[]
}

/** How long the longest path of what is pending takes, in milliseconds; `undefined` when nobody knows of one of them. */
export function remainingTime(names: readonly string[], pending: ReadonlyMap<string, PendingTask>): number | undefined {
  const known = new Map<string, number | undefined>()
  const timeOf = (name: string): number | undefined => {
    const task = pending.get(name)
    if (task === undefined) return 0
    if (!known.has(name)) known.set(name, sum(task.ownMs, longest(task.beneath.map(timeOf))))
    return known.get(name)
  }
  return longest(names.map(timeOf))
}

function longest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce<number | undefined>(
    (most, time) => (most === undefined || time === undefined ? undefined : Math.max(most, time)),
    0,
  )
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other
}
