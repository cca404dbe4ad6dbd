/** What fitted, in the order given, and how many did not. */
export interface Fitted<Item> {
  readonly kept: readonly Item[]
  readonly omitted: number
}

/**
 * Keeps as many items as have room for their JSON in so many bytes, the first given first. One that is too long is tried
 * in its shorter form before it is left out.
 */
export function fit<Item>(items: readonly Item[], bytes: number, shorter: (item: Item) => Item): Fitted<Item> {
  const kept: Item[] = []
  let room = bytes
  for (const item of items) {
    const form = [item, shorter(item)].find((one) => jsonLength(one) < room)
    if (form === undefined) continue
    kept.push(form)
    room -= jsonLength(form) + 1
  }
  return { kept, omitted: items.length - kept.length }
}

/** In bytes of UTF-8. */
export function jsonLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
