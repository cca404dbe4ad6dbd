import { createBestSellers } from './best-sellers.js'
import { HttpError } from './http-error.js'
import { placeOrder, readOrder } from './orders.js'
import { createProducts } from './products.js'
import { salesReport } from './sales-report.js'

const PRODUCTS_A_PAGE = 20
const RECOMMENDATIONS = 5

/** @typedef {import('@tidegate/core').Lifecycle<'postgres' | 'redis' | 'catalogue'>} ShopLifecycle */
/** @typedef {ReturnType<typeof createShop>} Shop */

/**
 * What each route does. Whatever a client is to be told otherwise is thrown as an `HttpError`.
 *
 * @param {ShopLifecycle} lifecycle
 * @param {ReturnType<typeof import('./stores.js').createStores>} stores
 */
export function createShop(lifecycle, { pool, client, catalogue }) {
  // Costs nothing to ask: the report is made when something changes, not when it is read.
  const isCacheUp = () => lifecycle.report().dependencies.redis.status === 'pass'
  const products = createProducts({ pool, client, isCacheUp })
  const bestSellers = createBestSellers(client)

  return {
    /** @param {unknown} page as it stands in the query */
    products(page) {
      const start = PRODUCTS_A_PAGE * (Number(page) || 0)
      return catalogue.get().slice(start, start + PRODUCTS_A_PAGE)
    },
    /** @param {string | undefined} id as it stands in the path */
    async product(id) {
      const product = await products.find(Number.parseInt(id ?? '', 10) || 0)
      if (product === undefined) throw new HttpError(404, 'there is no such product')
      return product
    },
    /** @param {unknown} body */
    async order(body) {
      const order = readOrder(body)
      const isNew = await placeOrder(pool, order)
      if (isNew && isCacheUp()) bestSellers.count(order)
      return { id: order.id, isNew }
    },
    /** Out of Redis alone: its route requires it. */
    recommendations: () =>
      bestSellers.top(RECOMMENDATIONS).catch(() => {
        throw new HttpError(503, 'there are no recommendations at the moment')
      }),
    salesReport: () => salesReport(pool),
  }
}
