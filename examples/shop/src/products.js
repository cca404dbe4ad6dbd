import { PRODUCT_COLUMNS } from './catalogue.js'

/** @typedef {import('./catalogue.js').Product} Product */

const KEEP_SECONDS = 60

/**
 * Products by id: out of Redis, or out of PostgreSQL when they are not there, or when Redis is not.
 *
 * @param {object} options
 * @param {import('pg').Pool} options.pool
 * @param {import('ioredis').Redis} options.client
 * @param {() => boolean} options.isCacheUp
 */
export function createProducts({ pool, client, isCacheUp }) {
  /** @param {number} id */
  const keyOf = (id) => `product:${id}`

  /**
   * @param {number} id
   * @returns {Promise<Product | undefined>} undefined also when Redis fails: the cache may only ever help
   */
  async function fromCache(id) {
    const text = await client.get(keyOf(id)).catch(() => null)
    return text === null ? undefined : JSON.parse(text)
  }

  /**
   * @param {number} id
   * @returns {Promise<Product | undefined>}
   */
  async function fromDatabase(id) {
    const { rows } = await pool.query(`SELECT ${PRODUCT_COLUMNS} FROM products WHERE id = $1`, [id])
    return rows[0]
  }

  return {
    /** @param {number} id */
    async find(id) {
      // Until the check has noticed that Redis hangs, a read loses the client's commandTimeout; from then on nothing.
      if (!isCacheUp()) return fromDatabase(id)
      const cached = await fromCache(id)
      if (cached !== undefined) return cached
      const product = await fromDatabase(id)
      // Nobody waits for it to be kept.
      if (product !== undefined) client.setex(keyOf(id), KEEP_SECONDS, JSON.stringify(product)).catch(() => {})
      return product
    },
  }
}
