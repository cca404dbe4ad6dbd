/** The last so many of what was added, the oldest first. */
export class Ring<Item> {
  readonly #limit: number
  readonly #items: Item[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get items(): readonly Item[] {
    return this.#items
  }

  add(item: Item): void {
    if (this.#items.length === this.#limit) this.#items.shift()
    this.#items.push(item)
  }
}
