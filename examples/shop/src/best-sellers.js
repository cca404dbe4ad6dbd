const KEY = 'best-sellers'

/**
 * What sells best, counted in Redis alone: worth having, not worth an order.
 *
 * @param {import('ioredis').Redis} client
 */
export function createBestSellers(client) {
  return {
    /** @param {import('./orders.js').Order} order */
    count({ items }) {
      const counts = client.multi()
      for (const { productId, quantity } of items) counts.zincrby(KEY, quantity, productId)
      counts.exec().catch(() => {})
    },
    /** @param {number} count */
    async top(count) {
      const ids = await client.zrevrange(KEY, 0, count - 1)
      return ids.map(Number)
    },
  }
}
