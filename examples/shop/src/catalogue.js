import { cache } from '@tidegate/core'

/** @typedef {{ id: number, name: string, category: string, priceCents: number }} Product */

export const PRODUCT_COLUMNS = 'id, name, category, price_cents AS "priceCents"'
const ROWS_A_QUERY = 250

/**
 * Every product, loaded before the service is ready and read from memory from then on.
 *
 * @param {import('pg').Pool} pool
 */
export function createCatalogue(pool) {
  return cache('catalogue', {
    dependsOn: ['postgres'],
    async load({ progress, signal }) {
      const { rows } = await pool.query('SELECT count(*)::int AS total FROM products')
      /** @type {Product[]} */
      const products = []
      for (;;) {
        signal.throwIfAborted()
        const page = await pool.query(
          `SELECT ${PRODUCT_COLUMNS} FROM products WHERE id > $1 ORDER BY id LIMIT ${ROWS_A_QUERY}`,
          [products.at(-1)?.id ?? 0],
        )
        if (page.rows.length === 0) return products
        products.push(...page.rows)
        progress(products.length, rows[0].total, 'products')
      }
    },
  })
}
