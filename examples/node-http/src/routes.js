import { readJson } from '@tidegate/shop'

import { toJson } from './to-json.js'

/**
 * @param {import('@tidegate/shop').ShopLifecycle} lifecycle
 * @param {import('@tidegate/shop').Shop} shop
 * @returns {Record<string, import('./router.js').Route>}
 */
export function createRoutes(lifecycle, shop) {
  const requireRedis = lifecycle.requires('redis')

  return {
    'GET /products': ({ query }) => toJson(200, shop.products(query.get('page'))),

    'GET /products/:id': async ({ params }) => toJson(200, await shop.product(params.id)),

    'POST /orders': async ({ request }) => {
      const { id, isNew } = await shop.order(await readJson(request))
      return toJson(isNew ? 201 : 200, { id })
    },

    // While Redis is failing it is answered 503 without being called; every other route goes on.
    'GET /recommendations': async () => requireRedis() ?? toJson(200, await shop.recommendations()),

    'GET /reports/sales': async () => toJson(200, await shop.salesReport()),
  }
}
