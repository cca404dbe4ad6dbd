const SHORTEST_STEP_MS = 10

/**
 * Visits the first item at once and the others evenly over the window, those of the same 10 ms together. A blocked event
 * loop delays no more than what it has blocked: what is overdue is visited in one go. Returns what stops it.
 */
export function stagger<Item>(items: readonly Item[], windowMs: number, visit: (item: Item) => void): () => void {
  const start = performance.now()
  const perItem = windowMs / Math.max(1, items.length)
  let next = 0
  let timer: NodeJS.Timeout | undefined

  const visitDue = (): void => {
    const elapsed = performance.now() - start
    const due = elapsed < windowMs ? Math.floor(elapsed / perItem) + 1 : items.length
    for (const item of items.slice(next, due)) visit(item)
    next = Math.max(next, due)
    if (next >= items.length) return
    timer = setTimeout(visitDue, Math.max(SHORTEST_STEP_MS, Math.ceil(next * perItem - elapsed)))
  }
  visitDue()

  return () => clearTimeout(timer)
}
