import { HttpError } from './http-error.js'

/**
 * @typedef {object} Order
 * @property {string} id chosen by the client: sending the same order again places it once
 * @property {{ productId: number, quantity: number }[]} items
 */

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * @param {any} body
 * @returns {Order}
 */
export function readOrder(body) {
  if (!UUID.test(body?.id)) throw new HttpError(400, 'id must be a UUID')
  const isItem = (/** @type {any} */ item) => Number.isInteger(item?.productId) && item.quantity > 0
  if (!Array.isArray(body.items) || body.items.length === 0 || !body.items.every(isItem)) {
    throw new HttpError(400, 'items must be a list of { productId, quantity }')
  }
  return body
}

/**
 * @param {import('pg').Pool} pool
 * @param {Order} order
 * @returns {Promise<boolean>} false when it had been placed before
 */
export async function placeOrder(pool, { id, items }) {
  return inTransaction(pool, async (client) => {
    const order = await client.query('INSERT INTO orders (id) VALUES ($1) ON CONFLICT DO NOTHING', [id])
    if (order.rowCount === 0) return false
    const { rowCount } = await client.query(
      `INSERT INTO order_items (order_id, product_id, quantity, price_cents)
       SELECT $1, products.id, item.quantity, products.price_cents
       FROM unnest($2::int[], $3::int[]) AS item (product_id, quantity)
       JOIN products ON products.id = item.product_id`,
      [id, items.map((item) => item.productId), items.map((item) => item.quantity)],
    )
    if (rowCount !== items.length) throw new HttpError(422, 'one of the products does not exist')
    return true
  })
}

/**
 * @template Result
 * @param {import('pg').Pool} pool
 * @param {(client: import('pg').PoolClient) => Promise<Result>} work
 */
async function inTransaction(pool, work) {
  const client = await pool.connect()
  /** @type {Error | undefined} */
  let broken
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure) => {
      broken = failure
    })
    throw error
  } finally {
    // With an error the pool throws the connection away instead of lending it to the next.
    client.release(broken)
  }
}
