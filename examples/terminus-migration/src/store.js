/** Stands for a database: it can be asked whether it works, and says when it is closed. */
export class Store {
  #isOpen = true

  async ping() {
    if (!this.#isOpen) throw new Error('the store is closed')
  }

  async orders() {
    await this.ping()
    return ['first', 'second']
  }

  async close() {
    this.#isOpen = false
    log('the store is closed')
  }
}

/** @param {string} msg */
export function log(msg) {
  console.log(JSON.stringify({ msg }))
}
